import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { askForDefinition } from "../../../../src/lib/project/enqueue-command.ts";
import { sweepProjects } from "../../../../src/lib/project/sweep-projects.ts";
import { AuthorBench } from "../../../helpers/author-bench.ts";

let bench: AuthorBench;

beforeEach(async () => {
  bench = await AuthorBench.create();
  await bench.uploadTexts();
});

afterEach(() => bench.service.stop());

/** Writes a project file whose event has not come yet. */
async function replaceFile(definition: unknown): Promise<void> {
  const text = typeof definition === "string" ? definition : JSON.stringify(definition);
  await bench.upload(bench.projects, "tickets/project.json", text);
}

describe("a project file that is corrected before its work begins", () => {
  it.each([
    ["at last", async () => {}],
    ["in the middle", async () => void (await askForDefinition(bench.context(), "tickets"))],
  ])("is carried out once, whether its event comes %s", async (_, event) => {
    await bench.drop(bench.definition({ description: "first" }));
    await replaceFile(bench.definition({ description: "second" }));
    await bench.run(async () => (await bench.status()).state === "training");
    expect((await bench.status()).waiting).toBeUndefined();
    await event();
    await bench.run();
    expect(await askForDefinition(bench.context(), "tickets")).toBe(false);
    expect(await sweepProjects(bench.context())).toEqual([]);
    await bench.run();
    expect(bench.service.count("POST /tickets/:train")).toBe(1);
    expect(bench.service.count("POST /tickets/:import")).toBe(1);
    expect(bench.service.projects.get("tickets")?.metadata).toMatchObject({ description: "second" });
  });

  it("never shows itself as waiting for itself", async () => {
    await bench.drop(bench.definition());
    await replaceFile(bench.definition());
    await bench.step({ project: "tickets", afterSeconds: 0, status: {}, memory: {} });
    expect(await bench.status()).toMatchObject({ state: "creating" });
    expect((await bench.status()).waiting).toBeUndefined();
  });

  it("is refused once when it is wrong", async () => {
    await bench.drop(bench.definition());
    await replaceFile("{");
    expect((await bench.run()).result).toMatchObject({ state: "failed", error: { code: "InvalidProjectFile" } });
    expect(await askForDefinition(bench.context(), "tickets")).toBe(false);
    expect(bench.events.filter(({ event }) => event === "project.started")).toHaveLength(1);
  });
});
