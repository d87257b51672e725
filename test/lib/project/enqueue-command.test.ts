import { describe, expect, it } from "vitest";
import { enqueueCommand, enqueueDefinition } from "../../../src/lib/project/enqueue-command.ts";
import { describeProject } from "../../../src/lib/project/status.ts";
import { sweepProjects } from "../../../src/lib/project/sweep-projects.ts";
import { ProjectFixture } from "../../helpers/project-fixture.ts";

const fixture = ProjectFixture.forEachTest();

const count = (form: string) => fixture.service.count(form);

describe("a project file that comes when something else was accepted", () => {
  it("does not take the place of a deletion: both are done, in their order", async () => {
    await fixture.drop(fixture.definition());
    await fixture.run();
    expect(await enqueueCommand(fixture.context(), "tickets", { action: "delete" })).toBe("accepted");
    expect(await fixture.drop(fixture.definition({ description: "second" }))).toBe(true);
    expect(await sweepProjects(fixture.context())).toEqual(["tickets"]);
    expect(await describeProject(fixture.context())).toMatchObject({ running: true, waiting: { action: "apply" } });
    expect((await fixture.run()).result).toMatchObject({ state: "succeeded" });
    expect(count("DELETE /tickets")).toBe(1);
    expect(fixture.service.projects.get("tickets")?.metadata).toMatchObject({ description: "second" });
    expect(await sweepProjects(fixture.context())).toEqual([]);
  });

  it("does not take the place of a deletion that interrupts a training", async () => {
    await fixture.drop(fixture.definition());
    await fixture.run(async () => (await fixture.status()).percent !== undefined);
    await enqueueCommand(fixture.context(), "tickets", { action: "delete" });
    await fixture.drop(fixture.definition());
    expect(await describeProject(fixture.context())).toMatchObject({
      state: "training",
      waiting: { action: "delete", next: { action: "apply" } },
    });
    expect((await fixture.run()).result).toMatchObject({ state: "succeeded" });
    expect(count("DELETE /tickets")).toBe(1);
    expect(count("POST /tickets/:train")).toBe(2);
  });

  it("is under way for who looks between the two", async () => {
    await fixture.drop(fixture.definition());
    await fixture.run();
    await enqueueCommand(fixture.context(), "tickets", { action: "delete" });
    await fixture.drop(fixture.definition());
    await fixture.run(fixture.stateIs("deleted"));
    expect(await describeProject(fixture.context())).toMatchObject({ state: "preparing", running: true });
  });

  it("does not take the place of a deployment", async () => {
    await fixture.drop(fixture.definition({ training: { modelLabel: "m1" } }));
    await fixture.run();
    await enqueueCommand(fixture.context(), "tickets", { action: "deploy", deploymentName: "canary" });
    await fixture.drop(fixture.definition({ training: { modelLabel: "m2" } }));
    await fixture.run();
    expect((await fixture.status()).deployments).toMatchObject([
      { name: "production", model: "m2" },
      { name: "canary", model: "m1" },
    ]);
  });
});

describe("a deletion", () => {
  it("covers the files that came before it, even those whose event comes later", async () => {
    await fixture.drop(fixture.definition());
    await fixture.run();
    await enqueueCommand(fixture.context(), "tickets", { action: "delete" });
    await fixture.drop(fixture.definition());
    await enqueueCommand(fixture.context(), "tickets", { action: "delete" });
    expect((await fixture.run()).result).toMatchObject({ state: "deleted" });
    expect(await enqueueDefinition(fixture.context(), "tickets")).toBe(false);
    expect(await sweepProjects(fixture.context())).toEqual([]);
    expect(fixture.service.projects.size).toBe(0);
  });

  it("of a part leaves a file that came before it to be carried out", async () => {
    await fixture.drop(fixture.definition());
    await fixture.run();
    await fixture.upload(fixture.projects, "tickets/project.json", JSON.stringify(fixture.definition()));
    const only = { deployment: "production" };
    expect(await enqueueCommand(fixture.context(), "tickets", { action: "delete", only })).toBe("accepted");
    expect((await fixture.run()).result).toMatchObject({ state: "succeeded", deployment: { name: "production" } });
    expect(count("POST /tickets/:train")).toBe(2);
  });
});
