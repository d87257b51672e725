import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Deployment } from "../../../../src/lib/language/authoring/authoring.ts";
import { nextDeployAction, type WantedDeployment } from "../../../../src/lib/project/phases/deploy.ts";

const trained = (n: number) => `2026-01-0${n}T00:00:00Z`;
const model = (n: number) => ({ label: `m${n}`, modelId: "id", lastTrainedDateTime: trained(n) });
const deployment = (deploymentName: string, n: number): Deployment => ({
  deploymentName,
  modelId: "id",
  lastTrainedDateTime: trained(n),
  lastDeployedDateTime: trained(n),
});
const WANTED: WantedDeployment = { name: "production", strategy: "swap", stagingName: "production-staging" };

describe("the next action of a deployment", () => {
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
  ])("when %s", (_, deployments, ours, action) => {
    expect(nextDeployAction(deployments, model(2), WANTED, ours)).toEqual(action);
  });

  it("is a deployment in place where that is wanted", () => {
    const wanted = { ...WANTED, strategy: "replace" as const };
    const action = nextDeployAction([deployment("production", 1)], model(2), wanted, undefined);
    expect(action).toEqual({ kind: "deploy", deployment: "production" });
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
          const action = nextDeployAction(
            [...state].map(([name, n]) => deployment(name, n)),
            wanted,
            WANTED,
            ours,
          );
          if (action.kind === "done") break;
          if (action.kind === "deploy") state.set(action.deployment, 2);
          if (action.kind === "swap") {
            const before = state.get("production") ?? 0;
            state.set("production", state.get(action.staging) ?? 0).set(action.staging, before);
          }
          if (action.kind === "remove") {
            state.delete(action.staging);
            ours = undefined;
          }
          if (hadModel) expect(state.has("production")).toBe(true);
        }
        expect(Object.fromEntries(state)).toEqual({ other: 3, production: 2 });
      }),
    );
  });
});
