import { describe, expect, it } from "vitest";
import { rejectMisnamedFolder } from "../../../../src/lib/project/definition/store-definition.ts";
import { sweepProjects } from "../../../../src/lib/project/sweep-projects.ts";
import { readFacts, readText } from "../../../../src/lib/storage/blobs.ts";
import { ProjectFixture } from "../../../helpers/project-fixture.ts";

const fixture = ProjectFixture.forEachTest("tickets", { texts: false });

const statusOf = async (folder: string) => {
  const blob = await readText(fixture.projects, `${folder}/status.json`);
  return blob && JSON.parse(blob.text);
};

describe("a project file in a folder whose name no project can have", () => {
  it.each([
    ["when it is dropped", (name: string) => rejectMisnamedFolder(fixture.context(), name)],
    ["by the sweep, when its event was lost", () => sweepProjects(fixture.context())],
  ])("is answered with a status beside it, once: %s", async (_, look) => {
    const name = "my project (ä)?/project.json";
    await fixture.upload(fixture.projects, name, JSON.stringify(fixture.definition()));
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
    const before = await readFacts(fixture.projects, "my project (ä)?/status.json");
    await look(name);
    await sweepProjects(fixture.context());
    expect(await readFacts(fixture.projects, "my project (ä)?/status.json")).toEqual(before);
    expect(await sweepProjects(fixture.context())).toEqual([]);
  });

  it.each(["tickets/project.json", "tickets/old/project.json", "project.json", "my project/labels.json"])(
    "is not seen in %s",
    async (name) => {
      await rejectMisnamedFolder(fixture.context(), name);
      for await (const blob of fixture.projects.listBlobsFlat()) throw new Error(`${blob.name} was written`);
    },
  );

  it.each(["../project.json", "./project.json", "/project.json"])(
    "is left alone where the status would land elsewhere: %s",
    async (name) => {
      await expect(rejectMisnamedFolder(fixture.context(), name)).resolves.toBeUndefined();
      for await (const blob of fixture.projects.listBlobsFlat()) throw new Error(`${blob.name} was written`);
    },
  );
});
