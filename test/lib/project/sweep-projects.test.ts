import { describe, expect, it } from "vitest";
import { sweepProjects } from "../../../src/lib/project/sweep-projects.ts";
import { ProjectFixture } from "../../helpers/project-fixture.ts";

const fixture = ProjectFixture.forEachTest("tickets", { texts: false });

const dropFor = (folder: string) =>
  fixture.upload(fixture.projects, `${folder}/project.json`, JSON.stringify(fixture.definition()));

describe("the sweep", () => {
  it.each(["", "{}", '{"schemaVersion":"9"}'])(
    "passes a project over whose request is %j, and tells of it",
    async (text) => {
      for (const folder of ["alpha", "broken", "tickets"]) await dropFor(folder);
      await fixture.upload(fixture.work, "projects/broken/command.json", text);
      expect((await sweepProjects(fixture.context())).sort()).toEqual(["alpha", "tickets"]);
      expect(fixture.events).toEqual([
        expect.objectContaining({
          event: "project.held",
          project: "broken",
          state: "blocked",
          code: "UnreadableBlob",
          message: expect.stringContaining("projects/broken/command.json"),
        }),
      ]);
    },
  );

  it("finds projects although it cannot write to the folder of another, and tells of that", async () => {
    await dropFor("my project");
    await dropFor("tickets");
    const projects = await fixture.withRights(fixture.projects, "rl");
    const context = fixture.context({ containers: { projects, work: fixture.work } });
    expect(await sweepProjects(context)).toEqual(["tickets"]);
    expect(fixture.events).toMatchObject([{ event: "project.held", project: "my project", code: "StorageForbidden" }]);
  });

  it("fails when it can look at nothing of what is there", async () => {
    await dropFor("tickets");
    await fixture.upload(fixture.work, "projects/tickets/state.json", "");
    await expect(sweepProjects(fixture.context())).rejects.toThrow(/none of 1 projects.*tickets.*state\.json/);
  });

  it("finds nothing where nothing is", async () => {
    expect(await sweepProjects(fixture.context())).toEqual([]);
  });
});
