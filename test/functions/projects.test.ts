import { advanceUntil, type DurableStore, MemoryStore, TestHost } from "functions-emulator/testing";
import { describe, expect, it } from "vitest";
import { projectInstanceId } from "../../src/lib/project/names.ts";
import { runProjectStep } from "../../src/lib/project/run-step.ts";
import { firstProjectStep, PROJECT_ACTIVITY, PROJECT_ORCHESTRATION } from "../../src/lib/project/step.ts";
import { ProjectFixture } from "../helpers/project-fixture.ts";

// Loaded behind TestHost, which stands in for the Functions host.
await import("../../src/functions/projects.ts");

const INSTANCE = projectInstanceId("tickets");

const fixture = ProjectFixture.forEachTest();

/** A Functions host whose clock the steps go by as well. @param dies called before a step; true: its answer is lost */
function hostOn(
  store: DurableStore = new MemoryStore(),
  clock?: TestHost["clock"],
  dies: () => boolean = () => false,
): TestHost {
  const host: TestHost = new TestHost({
    store,
    ...(clock === undefined ? {} : { clock }),
    invoke: async (kind, name, triggerData) => {
      if (kind !== "activity" || name !== PROJECT_ACTIVITY) return await host.invoke(kind, name, triggerData);
      const context = fixture.context({ now: () => host.clock.now() });
      const value = await runProjectStep(context, JSON.parse(triggerData ?? ""));
      return dies() ? { error: new Error("the worker died") } : { value };
    },
  });
  return host;
}

const start = (host: TestHost) => host.start(PROJECT_ORCHESTRATION, firstProjectStep("tickets"), INSTANCE);

describe("the orchestration project", () => {
  it("takes a project file to a deployment, and returns model, deployment and scores", async () => {
    await fixture.drop(fixture.definition({ training: { modelLabel: "m1" } }));
    const host = hostOn();
    await start(host);
    await host.ended(INSTANCE);
    const { runtimeStatus, output, customStatus } = await host.status(INSTANCE);
    expect(runtimeStatus).toBe("Completed");
    expect(output).toMatchObject({
      state: "succeeded",
      model: { label: "m1" },
      deployment: { name: "production", model: "m1" },
      scores: { macroF1: 0.9 },
    });
    expect(customStatus).toMatchObject({ project: "tickets", state: "succeeded", deployment: "production" });
    expect(host.violations).toEqual([]);
  });

  it("waits long for a training with durable timers, and keeps its history short", async () => {
    fixture.service.looks = 45;
    await fixture.drop(fixture.definition());
    const host = hostOn();
    await start(host);
    let longest = 0;
    const began = host.clock.now();
    await advanceUntil(host.engine, host.clock, async () => {
      longest = Math.max(longest, (await host.storedHistory(INSTANCE)).length);
      return (await host.status(INSTANCE)).runtimeStatus === "Completed";
    });
    expect(host.clock.now() - began).toBeGreaterThan(15 * 60_000);
    expect(longest).toBeLessThan(400);
    expect(fixture.trainings()).toBe(1);
    expect(host.violations).toEqual([]);
  });

  it("goes on in another process after it was killed in the middle of a training, without a second one", async () => {
    fixture.service.looks = 6;
    await fixture.drop(fixture.definition({ training: { modelLabel: "m1" } }));
    const store = new MemoryStore();
    const first = hostOn(store);
    await start(first);
    await advanceUntil(first.engine, first.clock, async () => (await fixture.status()).percent !== undefined);
    await first.engine.stop();
    const second = hostOn(store, first.clock);
    await second.engine.start();
    await second.ended(INSTANCE);
    expect((await second.status(INSTANCE)).output).toMatchObject({ state: "succeeded", model: { label: "m1" } });
    expect(fixture.trainings()).toBe(1);
    expect(second.violations).toEqual([]);
  });

  it("repeats a step whose answer was lost, wherever that happens, and trains once", async () => {
    await fixture.drop(fixture.definition({ training: { modelLabel: "m1" } }));
    let steps = 0;
    const host = hostOn(undefined, undefined, () => steps++ % 2 === 0);
    await start(host);
    await host.ended(INSTANCE);
    expect((await host.status(INSTANCE)).output).toMatchObject({ state: "succeeded" });
    expect(fixture.trainings()).toBe(1);
    expect(fixture.service.count("PUT /tickets/deployments/production")).toBe(1);
    expect(host.violations).toEqual([]);
  });

  it("completes with what to do when the project file is wrong", async () => {
    await fixture.drop("{");
    const host = hostOn();
    await start(host);
    await host.ended(INSTANCE);
    expect(await host.status(INSTANCE)).toMatchObject({
      runtimeStatus: "Completed",
      output: { state: "failed", error: { code: "InvalidProjectFile", hint: expect.stringMatching(/\w/) } },
    });
  });
});
