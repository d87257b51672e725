import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { refuseFolder } from "../../../../src/lib/project/definition/store-definition.ts";
import { sweepProjects } from "../../../../src/lib/project/sweep-projects.ts";
import { readFacts, readText } from "../../../../src/lib/storage/blobs.ts";
import { AuthorBench } from "../../../helpers/author-bench.ts";

let bench: AuthorBench;

beforeEach(async () => {
  bench = await AuthorBench.create();
});

afterEach(() => bench.service.stop());

const statusOf = async (folder: string) => {
  const blob = await readText(bench.projects, `${folder}/status.json`);
  return blob && JSON.parse(blob.text);
};

describe("a project file in a folder whose name no project can have", () => {
  it.each([
    ["when it is dropped", (name: string) => refuseFolder(bench.context(), name)],
    ["by the sweep, when its event was lost", () => sweepProjects(bench.context())],
  ])("is answered with a status beside it, once: %s", async (_, look) => {
    const name = "my project (ä)?/project.json";
    await bench.upload(bench.projects, name, JSON.stringify(bench.definition()));
    await look(name);
    expect(await statusOf("my project (ä)?")).toMatchObject({
      schemaVersion: "1.0",
      project: "my project (ä)?",
      state: "failed",
      running: false,
      error: {
        code: "InvalidName",
        message: expect.stringContaining('"my project (ä)?"'),
        hint: expect.stringContaining("1 to 50 letters"),
      },
    });
    const before = await readFacts(bench.projects, "my project (ä)?/status.json");
    await look(name);
    await sweepProjects(bench.context());
    expect(await readFacts(bench.projects, "my project (ä)?/status.json")).toEqual(before);
    expect(await sweepProjects(bench.context())).toEqual([]);
  });

  it.each(["tickets/project.json", "tickets/old/project.json", "project.json", "my project/labels.json"])(
    "is not seen in %s",
    async (name) => {
      await refuseFolder(bench.context(), name);
      for await (const blob of bench.projects.listBlobsFlat()) throw new Error(`${blob.name} was written`);
    },
  );

  it.each(["../project.json", "./project.json", "/project.json"])(
    "is left alone where the status would land elsewhere: %s",
    async (name) => {
      await expect(refuseFolder(bench.context(), name)).resolves.toBeUndefined();
      for await (const blob of bench.projects.listBlobsFlat()) throw new Error(`${blob.name} was written`);
    },
  );
});
