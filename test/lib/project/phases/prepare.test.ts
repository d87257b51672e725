import { describe, expect, it } from "vitest";
import { enqueueDefinition } from "../../../../src/lib/project/enqueue-command.ts";
import { sweepProjects } from "../../../../src/lib/project/sweep-projects.ts";
import { ProjectFixture } from "../../../helpers/project-fixture.ts";

const fixture = ProjectFixture.forEachTest();

/** Writes a project file whose event has not come yet. */
async function replaceFile(definition: unknown): Promise<void> {
  const text = typeof definition === "string" ? definition : JSON.stringify(definition);
  await fixture.upload(fixture.projects, "tickets/project.json", text);
}

describe("a project file that is corrected before its work begins", () => {
  it.each([
    ["at last", async () => {}],
    ["in the middle", async () => void (await enqueueDefinition(fixture.context(), "tickets"))],
  ])("is carried out once, whether its event comes %s", async (_, event) => {
    await fixture.drop(fixture.definition({ description: "first" }));
    await replaceFile(fixture.definition({ description: "second" }));
    await fixture.run(async () => (await fixture.status()).state === "training");
    expect((await fixture.status()).waiting).toBeUndefined();
    await event();
    await fixture.run();
    expect(await enqueueDefinition(fixture.context(), "tickets")).toBe(false);
    expect(await sweepProjects(fixture.context())).toEqual([]);
    await fixture.run();
    expect(fixture.trainings()).toBe(1);
    expect(fixture.service.count("POST /tickets/:import")).toBe(1);
    expect(fixture.service.projects.get("tickets")?.metadata).toMatchObject({ description: "second" });
  });

  it("never shows itself as waiting for itself", async () => {
    await fixture.drop(fixture.definition());
    await replaceFile(fixture.definition());
    await fixture.step({ project: "tickets", afterSeconds: 0, status: {}, memory: {} });
    expect(await fixture.status()).toMatchObject({ state: "creating" });
    expect((await fixture.status()).waiting).toBeUndefined();
  });

  it("is refused once when it is wrong", async () => {
    await fixture.drop(fixture.definition());
    await replaceFile("{");
    expect((await fixture.run()).result).toMatchObject({ state: "failed", error: { code: "InvalidProjectFile" } });
    expect(await enqueueDefinition(fixture.context(), "tickets")).toBe(false);
    expect(fixture.events.filter(({ event }) => event === "project.started")).toHaveLength(1);
  });
});
