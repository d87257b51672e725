import { describe, expect, it } from "vitest";
import { ProjectFixture } from "../../helpers/project-fixture.ts";

const fixture = ProjectFixture.forEachTest("Tickets", { texts: false });

const inFolders = async () => {
  const names = ["a", "b"].flatMap((folder) => Array.from({ length: 6 }, (_, n) => `${folder}/${n}.txt`));
  await fixture.uploadTexts(names);
  return fixture.definition({ labels: undefined, labelsFromFolders: true });
};

const ofPreview = async () => {
  await fixture.uploadTexts();
  return fixture.definition({ apiVersion: "v1.0-preview.2" });
};

const byFile = async () => {
  await fixture.uploadTexts();
  await fixture.upload(fixture.training, "labels.json", JSON.stringify(fixture.definition().labels));
  return fixture.definition({ labels: "labels.json" });
};

describe("a training container", () => {
  it.each([
    ["written to, for labels from folders", inFolders, "rl", "write to"],
    ["written to, for the preview's tags file", ofPreview, "rl", "write to"],
    ["read, for a labels file in it", byFile, "w", "read"],
    ["read, for texts", ofPreview, "w", "read"],
  ])("that may not be %s is waited for, with the role that is missing, until it may", async (_, make, rights, way) => {
    const definition = await make();
    const container = await fixture.withRights(fixture.training, rights);
    fixture.changes = { trainingContainer: () => container };
    await fixture.drop(definition);
    const blocked = await fixture.run(async () => (await fixture.status()).state === "blocked");
    expect(await fixture.status()).toMatchObject({
      running: true,
      error: {
        code: "ContainerForbidden",
        message: expect.stringContaining(`may not ${way} the container "${fixture.training.containerName}"`),
        hint: expect.stringContaining("Storage Blob Data Contributor"),
      },
    });
    expect(fixture.service.count("POST ")).toBe(0);
    fixture.changes = {};
    expect((await fixture.run(undefined, blocked)).result).toMatchObject({ state: "succeeded" });
  });

  it("that is not there is what is told, not that a labels file is missing from it", async () => {
    const definition = await byFile();
    await fixture.training.delete();
    await fixture.drop(definition);
    expect((await fixture.run()).result).toMatchObject({ state: "failed", error: { code: "ContainerNotFound" } });
  });
});

describe("a container of the app's own", () => {
  it("that may not be written to blocks the work, with the role that is missing, until it may", async () => {
    await fixture.uploadTexts();
    await fixture.drop(fixture.definition());
    const work = await fixture.withRights(fixture.work, "rl");
    fixture.changes = { containers: { projects: fixture.projects, work } };
    const blocked = await fixture.run(() => true);
    expect(blocked.status).toMatchObject({
      state: "blocked",
      error: { code: "StorageForbidden", hint: expect.stringContaining("Storage Blob Data Contributor") },
    });
    const next = await fixture.step(blocked);
    expect(next.afterSeconds).toBeGreaterThan(blocked.afterSeconds);
    fixture.changes = {};
    expect((await fixture.run(undefined, next)).result).toMatchObject({ state: "succeeded" });
  });
});
