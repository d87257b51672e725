import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { askProject } from "../../../src/lib/project/enqueue-command.ts";
import { AuthorBench } from "../../helpers/author-bench.ts";

let bench: AuthorBench;

beforeEach(async () => {
  bench = await AuthorBench.create();
  await bench.uploadTexts();
});

afterEach(() => bench.service.stop());

const train = () => bench.service.count("POST /tickets/:train");

describe("a model that is not good enough", () => {
  it("leaves what serves alone, and tells what it missed", async () => {
    await bench.serve();
    const thresholds = { macroF1: 0.95, microF1: 0.5, classes: { a: 0.9, b: 0.1 } };
    await bench.drop(bench.definition({ training: { modelLabel: "m2" }, thresholds }));
    await bench.run();
    expect(await bench.status()).toMatchObject({
      state: "belowThreshold",
      model: { label: "m2" },
      deployment: { name: "production", model: "m1" },
      error: {
        code: "BelowThreshold",
        message:
          'The model "m2" is not good enough to be deployed: macro F1 is 0.9, wanted 0.95; F1 of "b" is unknown, wanted 0.1',
      },
    });
    expect(bench.service.served("tickets", "production")).toBe("m1");
  });

  it("is deployed when that is asked for all the same", async () => {
    await bench.drop(bench.definition({ training: { modelLabel: "m1" }, thresholds: { macroF1: 1 } }));
    await bench.run();
    expect(await askProject(bench.context(), "tickets", { action: "deploy", ignoreThresholds: true })).toBe("accepted");
    expect((await bench.run()).result).toMatchObject({ state: "succeeded", deployment: { model: "m1" } });
  });
});

describe("a model that is not there", () => {
  it.each([
    ["with thresholds", { thresholds: { macroF1: 0.5 } }],
    ["without", {}],
  ])("is named as missing when its deployment is asked for, %s", async (_, changes) => {
    await bench.drop(bench.definition({ training: { modelLabel: "m1" }, ...changes }));
    await bench.run();
    await askProject(bench.context(), "tickets", { action: "deploy", modelLabel: "nope" });
    expect((await bench.run()).result).toMatchObject({
      state: "failed",
      error: { code: "ModelNotFound", message: 'The project "tickets" has no model "nope"' },
    });
    expect(bench.service.asked.some(({ path }) => path.includes("nope/evaluation"))).toBe(false);
  });
});

describe("a serving deployment", () => {
  it("gets a new model by a swap, and never stops serving", async () => {
    await bench.serve();
    const served: (string | undefined)[] = [];
    bench.service.onEffect = () => served.push(bench.service.served("tickets", "production"));
    await bench.drop(bench.definition({ training: { modelLabel: "m2" } }));
    expect((await bench.run()).result).toMatchObject({
      state: "succeeded",
      deployment: { name: "production", model: "m2" },
    });
    expect(served).toEqual(["m1", "m1", "m1", "m2", "m2"]);
    expect([...(bench.service.projects.get("tickets")?.deployments.keys() ?? [])]).toEqual(["production"]);
    expect(bench.service.count("POST /tickets/deployments/:swap")).toBe(1);
  });

  it("gets a model that was trained anew under its old name", async () => {
    await bench.serve();
    await bench.drop(bench.definition({ training: { modelLabel: "m1" } }));
    expect((await bench.run()).result).toMatchObject({ state: "succeeded" });
    expect(train()).toBe(2);
    expect(bench.service.count("POST /tickets/deployments/:swap")).toBe(1);
    const project = bench.service.projects.get("tickets");
    expect(project?.deployments.get("production")).toEqual(project?.models.get("m1"));
  });

  it("is replaced where it stands when that is wanted", async () => {
    await bench.serve();
    await bench.drop(bench.definition({ training: { modelLabel: "m2" }, deployment: { strategy: "replace" } }));
    await bench.run();
    expect(bench.service.served("tickets", "production")).toBe("m2");
    expect(bench.service.count("POST /tickets/deployments/:swap")).toBe(0);
  });

  it("may have the longest name where it is replaced", async () => {
    const name = "n".repeat(50);
    await bench.drop(bench.definition({ training: { modelLabel: "m1" }, deployment: { name, strategy: "replace" } }));
    expect((await bench.run()).result).toMatchObject({ state: "succeeded", deployment: { name, model: "m1" } });
  });

  it.each(["swap", "replace"])("asked for under a name that leaves no room for a %s", async (strategy) => {
    await bench.drop(
      bench.definition({ training: { modelLabel: "m1" }, deployment: { name: "production", strategy } }),
    );
    await bench.run();
    const deploymentName = "n".repeat(43);
    await askProject(bench.context(), "tickets", { action: "deploy", deploymentName });
    const { result } = await bench.run();
    expect(result).toMatchObject(
      strategy === "replace"
        ? { state: "succeeded", deployment: { name: deploymentName } }
        : { state: "failed", error: { code: "InvalidName", message: expect.stringContaining("at most 42") } },
    );
  });

  it("is not exchanged with a deployment of somebody else", async () => {
    await bench.serve();
    const project = bench.service.projects.get("tickets");
    project?.deployments.set("production-staging", { modelId: "theirs", trainedAt: "2020-01-01T00:00:00Z" });
    await bench.drop(bench.definition({ training: { modelLabel: "m2" } }));
    await bench.run();
    expect(await bench.status()).toMatchObject({ state: "failed", error: { code: "DeploymentNameTaken" } });
    expect(project?.deployments.get("production-staging")?.modelId).toBe("theirs");
    expect(bench.service.served("tickets", "production")).toBe("m1");
  });
});
