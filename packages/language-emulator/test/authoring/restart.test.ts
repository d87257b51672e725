import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Clock } from "../../src/time.ts";
import { locationOf } from "../emulator-fixture.ts";
import { UNSEEN } from "../own-projects.ts";
import { AuthoringFixture, PROJECTS, TRAIN, VERSION } from "./authoring-fixture.ts";

let data = "";
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "language-"));
});
afterEach(() => rmSync(data, { recursive: true }));

/** Stops an emulator and starts another on its data, so many seconds later. */
async function restarted(before: AuthoringFixture, seconds = 0): Promise<AuthoringFixture> {
  const now = before.emulator.clock.now() + seconds * 1_000;
  await before.stop();
  const clock: Clock = { now: () => now };
  return await AuthoringFixture.start({ data, clock });
}

const SINGLE = "CustomSingleLabelClassification";

describe("with a data folder", () => {
  it("projects, models, evaluations and deployments outlive the process", async () => {
    const first = await AuthoringFixture.start({ data });
    await first.serveSample("tickets", "helpdesk");
    const paths = [
      "/helpdesk",
      "/helpdesk/models",
      "/helpdesk/deployments",
      "/helpdesk/train/jobs",
      "/helpdesk/models/first/evaluation/summary-result",
    ];
    const before = await Promise.all(paths.map((path) => first.get(path)));
    const second = await restarted(first);
    expect(await Promise.all(paths.map((path) => second.get(path)))).toEqual(before);
    expect(second.emulator.service.stats().trainings).toEqual({ helpdesk: 1 });
    const trained = second.emulator.service.projects.deployed("helpdesk", "production")?.model;
    const text = UNSEEN.ticket;
    expect(trained?.type === "classifier" && trained.classify(text)[0]?.category).toBe("billing");
    await second.stop();
  });

  it("a training in progress goes on by its clock, and is over when the process was away that long", async () => {
    const first = await AuthoringFixture.start({ data });
    await first.importSample("tickets", "helpdesk");
    const location = locationOf(await first.call("POST", "/helpdesk/:train", TRAIN));
    const path = `${PROJECTS}${location.split(PROJECTS)[1]}`;
    const second = await restarted(first, 45);
    expect((await second.emulator.call("GET", path)).body).toMatchObject({
      status: "running",
      result: { trainingStatus: { percentComplete: 50 } },
    });
    expect((await second.call("POST", "/helpdesk/:train", TRAIN)).status).toBe(409);
    const third = await AuthoringFixture.start({ data, clock: { now: () => first.emulator.clock.now() + 100_000 } });
    expect((await third.emulator.call("GET", path)).body).toMatchObject({ status: "succeeded" });
    expect(await third.get("/helpdesk/models/first")).toMatchObject({ lastTrainedDateTime: "2026-03-01T12:01:50Z" });
    expect(third.emulator.service.stats().trainings).toEqual({ helpdesk: 1 });
    await Promise.all([second.stop(), third.stop()]);
  });

  it("a swap is not done twice", async () => {
    const first = await AuthoringFixture.start({ data });
    await first.serveSample("tickets", "helpdesk");
    await first.train("helpdesk", { ...TRAIN, modelLabel: "second" });
    await first.run("PUT", "/helpdesk/deployments/staging", { trainedModelLabel: "second" });
    const names = { firstDeploymentName: "production", secondDeploymentName: "staging" };
    await first.run("POST", "/helpdesk/deployments/:swap", names);
    const swapped = (await first.get("/helpdesk/deployments/production")).modelId;
    const second = await restarted(first, 100);
    expect((await second.get("/helpdesk/deployments/production")).modelId).toBe(swapped);
    expect((await second.get("/helpdesk/models/second")).modelId).toBe(swapped);
    await second.stop();
  });

  it("a model that only a deployment has is kept", async () => {
    const first = await AuthoringFixture.start({ data });
    await first.serveSample("tickets", "helpdesk");
    await first.train("helpdesk");
    const { modelId } = await first.get("/helpdesk/deployments/production");
    const second = await restarted(first);
    expect((await second.get("/helpdesk/deployments/production")).modelId).toEqual(modelId);
    expect((await second.get("/helpdesk/models/first")).modelId).not.toEqual(modelId);
    await second.stop();
  });

  it("a project of the samples that was deleted stays so, the others are loaded again", async () => {
    const first = await AuthoringFixture.start({ data });
    await first.run("DELETE", "/tickets");
    const second = await restarted(first);
    expect((await second.call("GET", "/tickets")).status).toBe(404);
    expect(await second.get("/contracts/deployments/production")).toMatchObject({ deploymentName: "production" });
    await second.stop();
  });

  it("names that differ in case only are two projects", async () => {
    const first = await AuthoringFixture.start({ data });
    await first.importSample("tickets", "Case");
    await first.importSample("contracts", "case");
    const second = await restarted(first);
    expect(await second.get("/Case")).toMatchObject({ projectKind: SINGLE });
    expect(await second.get("/case")).toMatchObject({ projectKind: "CustomMultiLabelClassification" });
    await second.stop();
  });
});

describe("without a data folder", () => {
  it("nothing is kept", async () => {
    const first = await AuthoringFixture.start();
    await first.importSample("tickets", "helpdesk");
    await first.stop();
    const second = await AuthoringFixture.start();
    expect((await second.call("GET", "/helpdesk", undefined, VERSION)).status).toBe(404);
    await second.stop();
  });
});
