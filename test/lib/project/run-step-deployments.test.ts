import { describe, expect, it } from "vitest";
import { enqueueCommand } from "../../../src/lib/project/enqueue-command.ts";
import { ProjectFixture } from "../../helpers/project-fixture.ts";

const fixture = ProjectFixture.forEachTest();

describe("a model that is not good enough", () => {
  it("leaves what serves alone, and tells what it missed", async () => {
    await fixture.serve();
    const thresholds = { macroF1: 0.95, microF1: 0.5, classes: { a: 0.9, b: 0.1 } };
    await fixture.drop(fixture.definition({ training: { modelLabel: "m2" }, thresholds }));
    await fixture.run();
    expect(await fixture.status()).toMatchObject({
      state: "belowThreshold",
      model: { label: "m2" },
      deployment: { name: "production", model: "m1" },
      error: {
        code: "BelowThreshold",
        message:
          'The model "m2" is not good enough to be deployed: macro F1 is 0.9, wanted 0.95; F1 of "b" is unknown, wanted 0.1',
      },
    });
    expect(fixture.service.served("tickets", "production")).toBe("m1");
  });

  it("is deployed when that is asked for all the same", async () => {
    await fixture.drop(fixture.definition({ training: { modelLabel: "m1" }, thresholds: { macroF1: 1 } }));
    await fixture.run();
    expect(await enqueueCommand(fixture.context(), "tickets", { action: "deploy", ignoreThresholds: true })).toBe(
      "accepted",
    );
    expect((await fixture.run()).result).toMatchObject({ state: "succeeded", deployment: { model: "m1" } });
  });
});

describe("a model that is not there", () => {
  it.each([
    ["with thresholds", { thresholds: { macroF1: 0.5 } }],
    ["without", {}],
  ])("is named as missing when its deployment is asked for, %s", async (_, changes) => {
    await fixture.drop(fixture.definition({ training: { modelLabel: "m1" }, ...changes }));
    await fixture.run();
    await enqueueCommand(fixture.context(), "tickets", { action: "deploy", modelLabel: "nope" });
    expect((await fixture.run()).result).toMatchObject({
      state: "failed",
      error: { code: "ModelNotFound", message: 'The project "tickets" has no model "nope"' },
    });
    expect(fixture.service.asked.some(({ path }) => path.includes("nope/evaluation"))).toBe(false);
  });
});

describe("a serving deployment", () => {
  it("gets a new model by a swap, and never stops serving", async () => {
    await fixture.serve();
    const served: (string | undefined)[] = [];
    fixture.service.onEffect = () => served.push(fixture.service.served("tickets", "production"));
    await fixture.drop(fixture.definition({ training: { modelLabel: "m2" } }));
    expect((await fixture.run()).result).toMatchObject({
      state: "succeeded",
      deployment: { name: "production", model: "m2" },
    });
    expect(served).toEqual(["m1", "m1", "m1", "m2", "m2"]);
    expect([...(fixture.service.projects.get("tickets")?.deployments.keys() ?? [])]).toEqual(["production"]);
    expect(fixture.service.count("POST /tickets/deployments/:swap")).toBe(1);
  });

  it("gets a model that was trained anew under its old name", async () => {
    await fixture.serve();
    await fixture.drop(fixture.definition({ training: { modelLabel: "m1" } }));
    expect((await fixture.run()).result).toMatchObject({ state: "succeeded" });
    expect(fixture.trainings()).toBe(2);
    expect(fixture.service.count("POST /tickets/deployments/:swap")).toBe(1);
    const project = fixture.service.projects.get("tickets");
    expect(project?.deployments.get("production")).toEqual(project?.models.get("m1"));
  });

  it("is replaced where it stands when that is wanted", async () => {
    await fixture.serve();
    await fixture.drop(fixture.definition({ training: { modelLabel: "m2" }, deployment: { strategy: "replace" } }));
    await fixture.run();
    expect(fixture.service.served("tickets", "production")).toBe("m2");
    expect(fixture.service.count("POST /tickets/deployments/:swap")).toBe(0);
  });

  it("may have the longest name where it is replaced", async () => {
    const name = "n".repeat(50);
    await fixture.drop(
      fixture.definition({ training: { modelLabel: "m1" }, deployment: { name, strategy: "replace" } }),
    );
    expect((await fixture.run()).result).toMatchObject({ state: "succeeded", deployment: { name, model: "m1" } });
  });

  it.each(["swap", "replace"])("asked for under a name that leaves no room for a %s", async (strategy) => {
    await fixture.drop(
      fixture.definition({ training: { modelLabel: "m1" }, deployment: { name: "production", strategy } }),
    );
    await fixture.run();
    const deploymentName = "n".repeat(43);
    await enqueueCommand(fixture.context(), "tickets", { action: "deploy", deploymentName });
    const { result } = await fixture.run();
    expect(result).toMatchObject(
      strategy === "replace"
        ? { state: "succeeded", deployment: { name: deploymentName } }
        : { state: "failed", error: { code: "InvalidName", message: expect.stringContaining("at most 42") } },
    );
  });

  it("is not exchanged with a deployment of somebody else", async () => {
    await fixture.serve();
    const project = fixture.service.projects.get("tickets");
    project?.deployments.set("production-staging", { modelId: "theirs", trainedAt: "2020-01-01T00:00:00Z" });
    await fixture.drop(fixture.definition({ training: { modelLabel: "m2" } }));
    await fixture.run();
    expect(await fixture.status()).toMatchObject({ state: "failed", error: { code: "DeploymentNameTaken" } });
    expect(project?.deployments.get("production-staging")?.modelId).toBe("theirs");
    expect(fixture.service.served("tickets", "production")).toBe("m1");
  });
});
