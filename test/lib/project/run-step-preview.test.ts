import { describe, expect, it } from "vitest";
import type { EventLog } from "../../../src/lib/common/log.ts";
import { enqueueCommand } from "../../../src/lib/project/enqueue-command.ts";
import { ProjectFixture } from "../../helpers/project-fixture.ts";

const fixture = ProjectFixture.forEachTest("Tickets");

/** A definition for authoring v1.0-preview.2, whose labels stand in it. */
const preview = (changes: Record<string, unknown> = {}) =>
  fixture.definition({
    apiVersion: "v1.0-preview.2",
    kind: "CustomMultiLabelClassification",
    labels: {
      classes: [{ category: "a" }, { category: "b" }],
      documents: Array.from({ length: 12 }, (_, n) => ({
        location: `${n}.txt`,
        classes: [{ category: n % 2 === 0 ? "a" : "b" }],
      })),
    },
    ...changes,
  });

const posts = () =>
  fixture.service.asked.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path}`);

describe("a project file for v1.0-preview.2", () => {
  it("becomes a published model with its id: labels as tags file, create, train, evaluate, publish", async () => {
    await fixture.drop(preview({ training: { modelLabel: "MyModel" }, thresholds: { macroF1: 0.5 } }));
    expect((await fixture.run()).result).toMatchObject({
      state: "succeeded",
      model: { label: "MyModel" },
      scores: { macroF1: 0.9 },
      deployment: { model: "MyModel", modelId: "guid_MultiClassification_latest" },
    });
    expect(posts()).toEqual(["POST ", "POST /Tickets/train", "POST /Tickets/publish"]);
    expect(fixture.service.asked.find(({ method, path }) => method === "POST" && path === "")?.body).toMatchObject({
      name: "Tickets",
      modelType: "MultiClassification",
      culture: "en-US",
      storageInputContainerName: fixture.training.containerName,
      labelsLocation: "labels-Tickets.json",
    });
    const tags = await fixture.training.getBlobClient("labels-Tickets.json").downloadToBuffer();
    expect(JSON.parse(tags.toString())).toMatchObject({
      intentNames: ["a", "b"],
      documents: [{ location: "0.txt", culture: "en-US", intents: [0] }, { intents: [1] }, ...Array(10).fill({})],
    });
  });

  it("names its models with letters and digits, a new one each time, and creates the project once", async () => {
    await fixture.drop(preview());
    await fixture.run();
    expect((await fixture.status()).model?.label).toMatch(/^m\d{14}$/);
    fixture.skippedMs += 60_000;
    await fixture.drop(preview());
    expect((await fixture.run()).result).toMatchObject({ state: "succeeded" });
    expect(posts().filter((form) => form === "POST ")).toHaveLength(1);
    expect(posts().filter((form) => form === "POST /Tickets/train")).toHaveLength(2);
  });

  it("cannot change the labels of its project, and says so", async () => {
    await fixture.drop(preview());
    await fixture.run();
    const labels = preview().labels as { classes: object[]; documents: { classes: object[] }[] };
    for (const document of labels.documents) document.classes = [{ category: "a" }, { category: "b" }];
    await fixture.drop(preview({ labels }));
    await fixture.run();
    expect(await fixture.status()).toMatchObject({
      state: "failed",
      error: { code: "LabelsFixed" },
      deployment: { modelId: "guid_MultiClassification_latest" },
    });
  });

  it.each([
    ["name that is taken", () => fixture.service.projects.set("Tickets", emptyProject()), "ProjectExists"],
    ["model that is there already", undefined, "ModelExists"],
  ])("ends at a %s", async (_, prepare, code) => {
    if (prepare === undefined) {
      await fixture.drop(preview({ training: { modelLabel: "m1" } }));
      await fixture.run();
      await fixture.drop(preview({ training: { modelLabel: "m1" } }));
    } else {
      prepare();
      await fixture.drop(preview());
    }
    await fixture.run();
    expect(await fixture.status()).toMatchObject({
      state: "failed",
      error: { code, hint: expect.stringMatching(/\w/) },
    });
  });

  it.each(["POST ", "POST /Tickets/train", "POST /Tickets/publish"])(
    "comes to the same end when the answer to %s is lost",
    async (form) => {
      let lost = 0;
      fixture.service.loseAnswer = ({ method, path }) => `${method} ${path}` === form && lost++ === 0;
      // A lost training goes on: nobody can look at its job.
      fixture.service.looks = 1;
      await fixture.drop(preview());
      const done = fixture.run();
      if (form.endsWith("train")) fixture.service.finishTrainings = true;
      expect((await done).result).toMatchObject({ state: "succeeded" });
      expect(lost).toBeGreaterThan(0);
      expect(fixture.service.projects.get("Tickets")?.models.size).toBe(1);
    },
  );

  it("keeps its model id when the step that saw the end of the publication dies", async () => {
    let died = 0;
    const log: EventLog = ({ event }) => {
      if (event === "project.ended" && died++ === 0) throw new Error("the worker died");
    };
    fixture.changes = { log };
    await fixture.drop(preview());
    expect((await fixture.run()).result).toMatchObject({
      state: "succeeded",
      deployment: { modelId: "guid_MultiClassification_latest" },
    });
    expect(died).toBe(2);
    expect(posts().filter((form) => form === "POST /Tickets/publish")).toHaveLength(1);
  });

  it("deletes its project whole or not at all", async () => {
    await fixture.drop(preview());
    await fixture.run();
    await enqueueCommand(fixture.context(), "Tickets", { action: "delete", only: { model: "m" } });
    expect((await fixture.run()).result).toMatchObject({ state: "failed", error: { code: "NotInThisVersion" } });
    await enqueueCommand(fixture.context(), "Tickets", { action: "delete" });
    expect((await fixture.run()).result).toMatchObject({ state: "deleted" });
    expect(fixture.service.projects.size).toBe(0);
  });
});

function emptyProject() {
  return { metadata: {}, trainings: [], models: new Map(), deployments: new Map() };
}
