import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AuthorBench, withRights } from "../../helpers/author-bench.ts";

let bench: AuthorBench;

beforeEach(async () => {
  bench = await AuthorBench.create("Tickets");
});

afterEach(() => bench.service.stop());

const inFolders = async () => {
  const names = ["a", "b"].flatMap((folder) => Array.from({ length: 6 }, (_, n) => `${folder}/${n}.txt`));
  await bench.uploadTexts(names);
  return bench.definition({ labels: undefined, labelsFromFolders: true });
};

const ofPreview = async () => {
  await bench.uploadTexts();
  return bench.definition({ apiVersion: "v1.0-preview.2" });
};

const byFile = async () => {
  await bench.uploadTexts();
  await bench.upload(bench.training, "labels.json", JSON.stringify(bench.definition().labels));
  return bench.definition({ labels: "labels.json" });
};

describe("a training container", () => {
  it.each([
    ["written to, for labels from folders", inFolders, "rl", "write to"],
    ["written to, for the preview's tags file", ofPreview, "rl", "write to"],
    ["read, for a labels file in it", byFile, "w", "read"],
    ["read, for texts", ofPreview, "w", "read"],
  ])("that may not be %s is waited for, with the role that is missing, until it may", async (_, make, rights, way) => {
    const definition = await make();
    const container = await withRights(bench.training, rights);
    bench.changes = { trainingContainer: () => container };
    await bench.drop(definition);
    const blocked = await bench.run(async () => (await bench.status()).state === "blocked");
    expect(await bench.status()).toMatchObject({
      running: true,
      error: {
        code: "ContainerForbidden",
        message: expect.stringContaining(`may not ${way} the container "${bench.training.containerName}"`),
        hint: expect.stringContaining("Storage Blob Data Contributor"),
      },
    });
    expect(bench.service.count("POST ")).toBe(0);
    bench.changes = {};
    expect((await bench.run(undefined, blocked)).result).toMatchObject({ state: "succeeded" });
  });

  it("that is not there is what is told, not that a labels file is missing from it", async () => {
    const definition = await byFile();
    await bench.training.delete();
    await bench.drop(definition);
    expect((await bench.run()).result).toMatchObject({ state: "failed", error: { code: "ContainerNotFound" } });
  });
});

describe("a container of the app's own", () => {
  it("that may not be written to blocks the work, with the role that is missing, until it may", async () => {
    await bench.uploadTexts();
    await bench.drop(bench.definition());
    const work = await withRights(bench.work, "rl");
    bench.changes = { containers: { projects: bench.projects, work } };
    const blocked = await bench.run(() => true);
    expect(blocked.status).toMatchObject({
      state: "blocked",
      error: { code: "StorageForbidden", hint: expect.stringContaining("Storage Blob Data Contributor") },
    });
    const next = await bench.step(blocked);
    expect(next.afterSeconds).toBeGreaterThan(blocked.afterSeconds);
    bench.changes = {};
    expect((await bench.run(undefined, next)).result).toMatchObject({ state: "succeeded" });
  });
});
