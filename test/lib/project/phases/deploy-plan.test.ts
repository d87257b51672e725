import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Deployment } from "../../../../src/lib/language/authoring/authoring.ts";
import { type DeployWish, nextDeployMove } from "../../../../src/lib/project/phases/deploy-plan.ts";

const trained = (n: number) => `2026-01-0${n}T00:00:00Z`;
const model = (n: number) => ({ label: `m${n}`, modelId: "id", lastTrainedDateTime: trained(n) });
const deployment = (deploymentName: string, n: number): Deployment => ({
  deploymentName,
  modelId: "id",
  lastTrainedDateTime: trained(n),
  lastDeployedDateTime: trained(n),
});
const WISH: DeployWish = { name: "production", strategy: "swap", stagingName: "production-staging" };

describe("the next move of a deployment", () => {
  it.each<[string, Deployment[], string | undefined, object]>([
    ["nothing is there", [], undefined, { kind: "deploy", deployment: "production" }],
    [
      "another model serves",
      [deployment("production", 1)],
      undefined,
      { kind: "deploy", deployment: "production-staging" },
    ],
    [
      "the new model waits",
      [deployment("production", 1), deployment("production-staging", 2)],
      "production-staging",
      { kind: "swap", staging: "production-staging" },
    ],
    [
      "the models were exchanged",
      [deployment("production", 2), deployment("production-staging", 1)],
      "production-staging",
      { kind: "remove", staging: "production-staging" },
    ],
    ["only the new model serves", [deployment("production", 2)], "production-staging", { kind: "done" }],
    [
      "an older model waits in ours",
      [deployment("production", 1), deployment("production-staging", 1)],
      "production-staging",
      { kind: "deploy", deployment: "production-staging" },
    ],
    [
      "somebody else's deployment has the name",
      [deployment("production", 1), deployment("production-staging", 2)],
      undefined,
      { kind: "taken", staging: "production-staging" },
    ],
    [
      "the new model serves beside somebody else's",
      [deployment("production", 2), deployment("production-staging", 1)],
      undefined,
      { kind: "done" },
    ],
  ])("when %s", (_, deployments, ours, move) => {
    expect(nextDeployMove(deployments, model(2), WISH, ours)).toEqual(move);
  });

  it("is a deployment in place where that is wanted", () => {
    const wish = { ...WISH, strategy: "replace" as const };
    const move = nextDeployMove([deployment("production", 1)], model(2), wish, undefined);
    expect(move).toEqual({ kind: "deploy", deployment: "production" });
  });

  it("leads to the new model serving and nothing else changed, from wherever it starts", () => {
    const start = fc.record({
      serving: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
      staged: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(start, ({ serving, staged }) => {
        const wanted = model(2);
        const state = new Map<string, number>([["other", 3]]);
        if (serving !== undefined) state.set("production", serving);
        if (staged !== undefined) state.set("production-staging", staged);
        let ours: string | undefined = "production-staging";
        for (let moves = 0; moves < 6; moves++) {
          const hadModel = state.has("production");
          const move = nextDeployMove(
            [...state].map(([name, n]) => deployment(name, n)),
            wanted,
            WISH,
            ours,
          );
          if (move.kind === "done") break;
          if (move.kind === "deploy") state.set(move.deployment, 2);
          if (move.kind === "swap") {
            const before = state.get("production") ?? 0;
            state.set("production", state.get(move.staging) ?? 0).set(move.staging, before);
          }
          if (move.kind === "remove") {
            state.delete(move.staging);
            ours = undefined;
          }
          if (hadModel) expect(state.has("production")).toBe(true);
        }
        expect(Object.fromEntries(state)).toEqual({ other: 3, production: 2 });
      }),
    );
  });
});
