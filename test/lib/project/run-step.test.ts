import { describe, expect, it } from "vitest";
import { enqueueDefinition } from "../../../src/lib/project/enqueue-command.ts";
import { ProjectFixture } from "../../helpers/project-fixture.ts";

const fixture = ProjectFixture.forEachTest();

describe("a project file", () => {
  it("becomes a deployment: import, training, evaluation, deployment", async () => {
    await fixture.drop(fixture.definition({ training: { modelLabel: "m1" }, thresholds: { macroF1: 0.8 } }));
    const { result } = await fixture.run();
    expect(result).toMatchObject({
      project: "tickets",
      state: "succeeded",
      model: { label: "m1", modelId: "id-m1" },
      deployment: { name: "production", model: "m1", modelId: "id-m1" },
      scores: { macroF1: 0.9, classes: { a: { f1: 0.95 } } },
    });
    expect(await fixture.status()).toMatchObject({
      ...result,
      running: false,
      labels: { documents: 12, warnings: [] },
    });
    const posts = fixture.service.asked
      .filter(({ method }) => method !== "GET")
      .map(({ method, path }) => `${method} ${path}`);
    expect(posts).toEqual(["POST /tickets/:import", "POST /tickets/:train", "PUT /tickets/deployments/production"]);
    expect(fixture.service.projects.get("tickets")?.assets).toMatchObject({
      projectKind: "CustomSingleLabelClassification",
    });
  });

  it("shows how far the training is", async () => {
    await fixture.drop(fixture.definition());
    await fixture.run(fixture.stateIs("training"));
    await fixture.run(async () => (await fixture.status()).percent !== undefined);
    expect(await fixture.status()).toMatchObject({
      state: "training",
      running: true,
      percent: 42,
      job: { name: /^train m\d{14}$/ },
    });
  });

  it.each([
    [0, [1, 2, 4, 8]],
    [86_400, [1, 3_600, 3_600, 3_600]],
  ])(
    "looks at its jobs after a pause of its own and within an hour, where the service asks for %i seconds",
    async (asked, expected) => {
      const { client } = fixture.context();
      fixture.changes.client = (definition) => {
        const made = client(definition);
        return { ...made, getJob: async (job) => ({ ...(await made.getJob(job)), retryAfterSeconds: asked }) };
      };
      fixture.service.looks = 9;
      await fixture.drop(fixture.definition());
      let step = await fixture.run(async () => (await fixture.status()).job !== undefined);
      const pauses: number[] = [];
      for (; pauses.length < expected.length; step = await fixture.step(step)) pauses.push(step.afterSeconds);
      expect(pauses).toEqual(expected);
    },
  );

  it("is one command for each of its versions, however often it is told of", async () => {
    expect(await fixture.drop(fixture.definition())).toBe(true);
    await fixture.run();
    expect(await enqueueDefinition(fixture.context(), "tickets")).toBe(false);
    await fixture.run();
    expect(fixture.trainings()).toBe(1);
    expect(await fixture.drop(fixture.definition())).toBe(true);
    await fixture.run();
    expect(fixture.trainings()).toBe(2);
  });

  it("without labels trains a project that is labelled already", async () => {
    await fixture.drop(fixture.definition({ labels: undefined, description: "by hand" }));
    await fixture.run();
    expect(fixture.service.asked.find(({ method }) => method === "PATCH")?.body).toMatchObject({
      description: "by hand",
    });
    expect(fixture.service.count("POST /tickets/:import")).toBe(0);
    expect(await fixture.status()).toMatchObject({ state: "succeeded" });
  });

  it("without a deployment stops after the evaluation", async () => {
    await fixture.drop(fixture.definition({ deployment: undefined }));
    expect((await fixture.run()).result).toMatchObject({ state: "succeeded", scores: { macroF1: 0.9 } });
    expect(fixture.service.projects.get("tickets")?.deployments.size).toBe(0);
  });

  it("takes its labels from folders, from the training container, or from beside itself", async () => {
    const names = ["a", "b"].flatMap((folder) => Array.from({ length: 6 }, (_, n) => `${folder}/${n}.txt`));
    await fixture.uploadTexts(names);
    await fixture.drop(fixture.definition({ labels: undefined, labelsFromFolders: true }));
    await fixture.run();
    expect(await fixture.status()).toMatchObject({ state: "succeeded", labels: { documents: 12 } });
    const assets = fixture.service.projects.get("tickets")?.assets as { documents: { location: string }[] } | undefined;
    expect(assets?.documents).toHaveLength(12);
    for (const { location } of assets?.documents ?? []) {
      expect(location).toMatch(/^[ab]-\d-[0-9a-f]{10}\.txt$/);
      const copy = await fixture.training.getBlobClient(location).downloadToBuffer();
      expect(copy.toString()).toBe(`text of ${location.slice(0, 3).replace("-", "/")}.txt`);
    }
    const file = JSON.stringify(fixture.definition().labels);
    await fixture.upload(fixture.training, "labels.json", file);
    await fixture.drop(fixture.definition({ labels: "labels.json" }));
    await fixture.run();
    expect((await fixture.status()).labels?.source).toMatch(/-training\/labels\.json$/);
    await fixture.upload(fixture.projects, "tickets/labels.json", file);
    await fixture.drop(fixture.definition({ labels: "./labels.json" }));
    await fixture.run();
    expect((await fixture.status()).labels?.source).toMatch(/-projects\/tickets\/labels\.json$/);
  });
});

describe("a project file that cannot be carried out", () => {
  it.each<[string, unknown, string]>([
    ["is no JSON", "{", "InvalidProjectFile"],
    ["has an unknown name", { kindd: 1 }, "InvalidProjectFile"],
  ])("%s: says so, and sends nothing", async (_, definition, code) => {
    await fixture.drop(definition);
    await fixture.run();
    expect(await fixture.status()).toMatchObject({ state: "failed", running: false, error: { code } });
    expect((await fixture.status()).error?.problems?.length).toBeGreaterThan(0);
    expect(fixture.service.asked).toEqual([]);
  });

  it("has labels with problems: lists each, and sends nothing", async () => {
    const labels = { classes: [{ category: "a" }], documents: [{ location: "gone.txt", class: { category: "x" } }] };
    await fixture.drop(fixture.definition({ labels }));
    await fixture.run();
    const { error } = await fixture.status();
    expect(error).toMatchObject({ code: "InvalidLabels", message: expect.stringContaining("3 problems") });
    expect(error?.problems?.map(({ code }) => code)).toEqual(
      expect.arrayContaining(["UnknownClass", "DocumentCount", "TextMissing"]),
    );
    expect(error?.problems?.[0]).toMatchObject({ file: "tickets/project.json", path: expect.any(String) });
    expect(fixture.service.asked).toEqual([]);
  });

  it.each([
    ["names a labels file that is not there", { labels: "nowhere.json" }, "LabelsMissing"],
    ["names a kind that its project does not have", {}, "OtherKind"],
    ["names another container than its project's", {}, "OtherContainer"],
    ["differs from a project in case only", {}, "OtherCase"],
  ])("%s", async (_, changes, code) => {
    const existing = (projectName: string, projectKind: string, storageInputContainerName: string) =>
      fixture.service.projects.set(projectName, {
        metadata: { projectName, projectKind, storageInputContainerName },
        trainings: [],
        models: new Map(),
        deployments: new Map(),
      });
    const { kind } = fixture.definition();
    if (code === "OtherKind") existing("tickets", "CustomEntityRecognition", fixture.training.containerName);
    if (code === "OtherContainer") existing("tickets", String(kind), "another");
    if (code === "OtherCase") existing("Tickets", String(kind), fixture.training.containerName);
    await fixture.drop(fixture.definition(changes));
    await fixture.run();
    expect(await fixture.status()).toMatchObject({
      state: "failed",
      error: { code, hint: expect.stringMatching(/\w/) },
    });
    expect(fixture.service.count("POST /tickets/:import")).toBe(0);
  });

  it("names a container that is not there", async () => {
    await fixture.training.delete();
    await fixture.drop(fixture.definition());
    await fixture.run();
    expect(await fixture.status()).toMatchObject({ state: "failed", error: { code: "ContainerNotFound" } });
  });

  it.each([
    ["a failed import", "import", { status: 400, code: "InvalidArgument", message: "no such container" }],
    ["a failed training", "train", { status: 400, code: "TooFewDocuments", message: "10 are needed" }],
    ["a failed deployment", "deploy", { status: 400, code: "QuotaExceeded", message: "too many" }],
  ])("ends with the service's words after %s", async (_, kind, failure) => {
    fixture.service.failJob = (job) => (job === kind ? failure : undefined);
    await fixture.drop(fixture.definition());
    await fixture.run();
    expect(await fixture.status()).toMatchObject({
      state: "failed",
      error: {
        code: failure.code,
        message: expect.stringContaining(failure.message),
        hint: expect.stringMatching(/\w/),
      },
    });
  });

  it("is repaired by the next version", async () => {
    await fixture.drop("{");
    await fixture.run();
    await fixture.drop(fixture.definition());
    await fixture.run();
    expect(await fixture.status()).toMatchObject({ state: "succeeded" });
    expect((await fixture.status()).error).toBeUndefined();
  });
});

describe("a project file that is nested too deeply", () => {
  it.each(["[", '{"labels":'])("is refused for good, not tried for ever: %s", async (open) => {
    const text = `${open.repeat(20_000)}1${(open === "[" ? "]" : "}").repeat(20_000)}`;
    await fixture.drop(text);
    expect((await fixture.run()).result).toMatchObject({ state: "failed", error: { code: "InvalidProjectFile" } });
  });
});
