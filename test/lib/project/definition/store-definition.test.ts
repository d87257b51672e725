import { describe, expect, it } from "vitest";
import { storeDefinition } from "../../../../src/lib/project/definition/store-definition.ts";
import { enqueueCommand, enqueueDefinition } from "../../../../src/lib/project/enqueue-command.ts";
import { ProjectFixture } from "../../../helpers/project-fixture.ts";

const fixture = ProjectFixture.forEachTest();

/** What `PUT /api/projects/tickets` does. */
async function put(): Promise<boolean> {
  const text = JSON.stringify(fixture.definition());
  expect(await storeDefinition(fixture.context(), text)).toBeUndefined();
  return await enqueueDefinition(fixture.context(), "tickets");
}

describe("a project file that is put again", () => {
  it("while it waits or is carried out is the same command", async () => {
    expect(await put()).toBe(true);
    expect(await put()).toBe(false);
    await fixture.run(fixture.stateIs("training"));
    expect(await put()).toBe(false);
    await fixture.run();
    expect(fixture.trainings()).toBe(1);
  });

  it("after it was carried out is a new command", async () => {
    await put();
    await fixture.run();
    expect(await put()).toBe(true);
  });

  it.each([
    ["a deletion", { action: "delete" }, { state: "succeeded" }, 2],
    ["a training", { action: "train", modelLabel: "m2" }, { state: "succeeded" }, 3],
  ] as const)("is carried out after %s that waits", async (_, command, end, trainings) => {
    await put();
    await fixture.run();
    expect(await enqueueCommand(fixture.context(), "tickets", command)).toBe("accepted");
    expect(await put()).toBe(true);
    expect((await fixture.run()).result).toMatchObject(end);
    expect(fixture.trainings()).toBe(trainings);
    expect(fixture.service.projects.has("tickets")).toBe(true);
  });

  it("is carried out after a deletion that is under way", async () => {
    await put();
    await fixture.run();
    await enqueueCommand(fixture.context(), "tickets", { action: "delete" });
    await fixture.run(fixture.stateIs("deleting"));
    expect(await put()).toBe(true);
    expect((await fixture.run()).result).toMatchObject({ state: "succeeded" });
    expect(fixture.service.projects.has("tickets")).toBe(true);
  });
});
