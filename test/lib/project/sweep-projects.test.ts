import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sweepProjects } from "../../../src/lib/project/sweep-projects.ts";
import { AuthorBench, withRights } from "../../helpers/author-bench.ts";

let bench: AuthorBench;

beforeEach(async () => {
  bench = await AuthorBench.create();
});

afterEach(() => bench.service.stop());

const dropFor = (folder: string) =>
  bench.upload(bench.projects, `${folder}/project.json`, JSON.stringify(bench.definition()));

describe("the sweep", () => {
  it.each(["", "{}", '{"schemaVersion":"9"}'])(
    "passes a project over whose request is %j, and tells of it",
    async (text) => {
      for (const folder of ["alpha", "broken", "tickets"]) await dropFor(folder);
      await bench.upload(bench.work, "projects/broken/request.json", text);
      expect((await sweepProjects(bench.context())).sort()).toEqual(["alpha", "tickets"]);
      expect(bench.events).toEqual([
        expect.objectContaining({
          event: "project.held",
          project: "broken",
          state: "blocked",
          code: "UnreadableBlob",
          message: expect.stringContaining("projects/broken/request.json"),
        }),
      ]);
    },
  );

  it("finds projects although it cannot write to the folder of another, and tells of that", async () => {
    await dropFor("my project");
    await dropFor("tickets");
    const projects = await withRights(bench.projects, "rl");
    const context = bench.context({ containers: { projects, work: bench.work } });
    expect(await sweepProjects(context)).toEqual(["tickets"]);
    expect(bench.events).toMatchObject([{ event: "project.held", project: "my project", code: "StorageForbidden" }]);
  });

  it("fails when it can look at nothing of what is there", async () => {
    await dropFor("tickets");
    await bench.upload(bench.work, "projects/tickets/state.json", "");
    await expect(sweepProjects(bench.context())).rejects.toThrow(/none of 1 projects.*tickets.*state\.json/);
  });

  it("finds nothing where nothing is", async () => {
    expect(await sweepProjects(bench.context())).toEqual([]);
  });
});
