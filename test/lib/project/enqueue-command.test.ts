import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { askForDefinition, askProject } from "../../../src/lib/project/enqueue-command.ts";
import { describeProject } from "../../../src/lib/project/status.ts";
import { sweepProjects } from "../../../src/lib/project/sweep-projects.ts";
import { AuthorBench } from "../../helpers/author-bench.ts";

let bench: AuthorBench;

beforeEach(async () => {
  bench = await AuthorBench.create();
  await bench.uploadTexts();
});

afterEach(() => bench.service.stop());

const stateIs = (state: string) => async () => (await bench.status()).state === state;
const count = (form: string) => bench.service.count(form);

describe("a project file that comes when something else was accepted", () => {
  it("does not take the place of a deletion: both are done, in their order", async () => {
    await bench.drop(bench.definition());
    await bench.run();
    expect(await askProject(bench.context(), "tickets", { action: "delete" })).toBe("accepted");
    expect(await bench.drop(bench.definition({ description: "second" }))).toBe(true);
    expect(await sweepProjects(bench.context())).toEqual(["tickets"]);
    expect(await describeProject(bench.context())).toMatchObject({ running: true, waiting: { action: "author" } });
    expect((await bench.run()).result).toMatchObject({ state: "succeeded" });
    expect(count("DELETE /tickets")).toBe(1);
    expect(bench.service.projects.get("tickets")?.metadata).toMatchObject({ description: "second" });
    expect(await sweepProjects(bench.context())).toEqual([]);
  });

  it("does not take the place of a deletion that interrupts a training", async () => {
    await bench.drop(bench.definition());
    await bench.run(async () => (await bench.status()).percent !== undefined);
    await askProject(bench.context(), "tickets", { action: "delete" });
    await bench.drop(bench.definition());
    expect(await describeProject(bench.context())).toMatchObject({
      state: "training",
      waiting: { action: "delete", next: { action: "author" } },
    });
    expect((await bench.run()).result).toMatchObject({ state: "succeeded" });
    expect(count("DELETE /tickets")).toBe(1);
    expect(count("POST /tickets/:train")).toBe(2);
  });

  it("is under way for who looks between the two", async () => {
    await bench.drop(bench.definition());
    await bench.run();
    await askProject(bench.context(), "tickets", { action: "delete" });
    await bench.drop(bench.definition());
    await bench.run(stateIs("deleted"));
    expect(await describeProject(bench.context())).toMatchObject({ state: "preparing", running: true });
  });

  it("does not take the place of a deployment", async () => {
    await bench.drop(bench.definition({ training: { modelLabel: "m1" } }));
    await bench.run();
    await askProject(bench.context(), "tickets", { action: "deploy", deploymentName: "canary" });
    await bench.drop(bench.definition({ training: { modelLabel: "m2" } }));
    await bench.run();
    expect((await bench.status()).deployments).toMatchObject([
      { name: "production", model: "m2" },
      { name: "canary", model: "m1" },
    ]);
  });
});

describe("a deletion", () => {
  it("covers the files that came before it, even those whose event comes later", async () => {
    await bench.drop(bench.definition());
    await bench.run();
    await askProject(bench.context(), "tickets", { action: "delete" });
    await bench.drop(bench.definition());
    await askProject(bench.context(), "tickets", { action: "delete" });
    expect((await bench.run()).result).toMatchObject({ state: "deleted" });
    expect(await askForDefinition(bench.context(), "tickets")).toBe(false);
    expect(await sweepProjects(bench.context())).toEqual([]);
    expect(bench.service.projects.size).toBe(0);
  });

  it("of a part leaves a file that came before it to be carried out", async () => {
    await bench.drop(bench.definition());
    await bench.run();
    await bench.upload(bench.projects, "tickets/project.json", JSON.stringify(bench.definition()));
    const only = { deployment: "production" };
    expect(await askProject(bench.context(), "tickets", { action: "delete", only })).toBe("accepted");
    expect((await bench.run()).result).toMatchObject({ state: "succeeded", deployment: { name: "production" } });
    expect(count("POST /tickets/:train")).toBe(2);
  });
});
