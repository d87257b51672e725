import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { askForDefinition } from "../../../src/lib/project/enqueue-command.ts";
import { AuthorBench } from "../../helpers/author-bench.ts";

let bench: AuthorBench;

beforeEach(async () => {
  bench = await AuthorBench.create();
  await bench.uploadTexts();
});

afterEach(() => bench.service.stop());

const stateIs = (state: string) => async () => (await bench.status()).state === state;
const train = () => bench.service.count("POST /tickets/:train");

describe("a project file", () => {
  it("becomes a deployment: import, training, evaluation, deployment", async () => {
    await bench.drop(bench.definition({ training: { modelLabel: "m1" }, thresholds: { macroF1: 0.8 } }));
    const { result } = await bench.run();
    expect(result).toMatchObject({
      project: "tickets",
      state: "succeeded",
      model: { label: "m1", modelId: "id-m1" },
      deployment: { name: "production", model: "m1", modelId: "id-m1" },
      scores: { macroF1: 0.9, classes: { a: { f1: 0.95 } } },
    });
    expect(await bench.status()).toMatchObject({ ...result, running: false, labels: { documents: 12, warnings: [] } });
    const posts = bench.service.asked
      .filter(({ method }) => method !== "GET")
      .map(({ method, path }) => `${method} ${path}`);
    expect(posts).toEqual(["POST /tickets/:import", "POST /tickets/:train", "PUT /tickets/deployments/production"]);
    expect(bench.service.projects.get("tickets")?.assets).toMatchObject({
      projectKind: "CustomSingleLabelClassification",
    });
  });

  it("shows how far the training is", async () => {
    await bench.drop(bench.definition());
    await bench.run(stateIs("training"));
    await bench.run(async () => (await bench.status()).percent !== undefined);
    expect(await bench.status()).toMatchObject({
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
      const { client } = bench.context();
      bench.changes.client = (definition) => {
        const made = client(definition);
        return { ...made, look: async (job) => ({ ...(await made.look(job)), retryAfterSeconds: asked }) };
      };
      bench.service.looks = 9;
      await bench.drop(bench.definition());
      let step = await bench.run(async () => (await bench.status()).job !== undefined);
      const pauses: number[] = [];
      for (; pauses.length < expected.length; step = await bench.step(step)) pauses.push(step.afterSeconds);
      expect(pauses).toEqual(expected);
    },
  );

  it("is one wish for each of its versions, however often it is told of", async () => {
    expect(await bench.drop(bench.definition())).toBe(true);
    await bench.run();
    expect(await askForDefinition(bench.context(), "tickets")).toBe(false);
    await bench.run();
    expect(train()).toBe(1);
    expect(await bench.drop(bench.definition())).toBe(true);
    await bench.run();
    expect(train()).toBe(2);
  });

  it("without labels trains a project that is labelled already", async () => {
    await bench.drop(bench.definition({ labels: undefined, description: "by hand" }));
    await bench.run();
    expect(bench.service.asked.find(({ method }) => method === "PATCH")?.body).toMatchObject({
      description: "by hand",
    });
    expect(bench.service.count("POST /tickets/:import")).toBe(0);
    expect(await bench.status()).toMatchObject({ state: "succeeded" });
  });

  it("without a deployment stops after the evaluation", async () => {
    await bench.drop(bench.definition({ deployment: undefined }));
    expect((await bench.run()).result).toMatchObject({ state: "succeeded", scores: { macroF1: 0.9 } });
    expect(bench.service.projects.get("tickets")?.deployments.size).toBe(0);
  });

  it("takes its labels from folders, from the training container, or from beside itself", async () => {
    const names = ["a", "b"].flatMap((folder) => Array.from({ length: 6 }, (_, n) => `${folder}/${n}.txt`));
    await bench.uploadTexts(names);
    await bench.drop(bench.definition({ labels: undefined, labelsFromFolders: true }));
    await bench.run();
    expect(await bench.status()).toMatchObject({ state: "succeeded", labels: { documents: 12 } });
    const assets = bench.service.projects.get("tickets")?.assets as { documents: { location: string }[] } | undefined;
    expect(assets?.documents).toHaveLength(12);
    for (const { location } of assets?.documents ?? []) {
      expect(location).toMatch(/^[ab]-\d-[0-9a-f]{10}\.txt$/);
      const copy = await bench.training.getBlobClient(location).downloadToBuffer();
      expect(copy.toString()).toBe(`text of ${location.slice(0, 3).replace("-", "/")}.txt`);
    }
    const file = JSON.stringify(bench.definition().labels);
    await bench.upload(bench.training, "labels.json", file);
    await bench.drop(bench.definition({ labels: "labels.json" }));
    await bench.run();
    expect((await bench.status()).labels?.source).toMatch(/-training\/labels\.json$/);
    await bench.upload(bench.projects, "tickets/labels.json", file);
    await bench.drop(bench.definition({ labels: "./labels.json" }));
    await bench.run();
    expect((await bench.status()).labels?.source).toMatch(/-projects\/tickets\/labels\.json$/);
  });
});

describe("a project file that cannot be carried out", () => {
  it.each<[string, unknown, string]>([
    ["is no JSON", "{", "InvalidProjectFile"],
    ["has an unknown name", { kindd: 1 }, "InvalidProjectFile"],
  ])("%s: says so, and sends nothing", async (_, definition, code) => {
    await bench.drop(definition);
    await bench.run();
    expect(await bench.status()).toMatchObject({ state: "failed", running: false, error: { code } });
    expect((await bench.status()).error?.problems?.length).toBeGreaterThan(0);
    expect(bench.service.asked).toEqual([]);
  });

  it("has labels with problems: lists each, and sends nothing", async () => {
    const labels = { classes: [{ category: "a" }], documents: [{ location: "gone.txt", class: { category: "x" } }] };
    await bench.drop(bench.definition({ labels }));
    await bench.run();
    const { error } = await bench.status();
    expect(error).toMatchObject({ code: "InvalidLabels", message: expect.stringContaining("3 problems") });
    expect(error?.problems?.map(({ code }) => code)).toEqual(
      expect.arrayContaining(["UnknownClass", "DocumentCount", "TextMissing"]),
    );
    expect(error?.problems?.[0]).toMatchObject({ file: "tickets/project.json", path: expect.any(String) });
    expect(bench.service.asked).toEqual([]);
  });

  it.each([
    ["names a labels file that is not there", { labels: "nowhere.json" }, "LabelsMissing"],
    ["names a kind that its project does not have", {}, "OtherKind"],
    ["names another container than its project's", {}, "OtherContainer"],
    ["differs from a project in case only", {}, "OtherCase"],
  ])("%s", async (_, changes, code) => {
    const existing = (projectName: string, projectKind: string, storageInputContainerName: string) =>
      bench.service.projects.set(projectName, {
        metadata: { projectName, projectKind, storageInputContainerName },
        trainings: [],
        models: new Map(),
        deployments: new Map(),
      });
    const { kind } = bench.definition();
    if (code === "OtherKind") existing("tickets", "CustomEntityRecognition", bench.training.containerName);
    if (code === "OtherContainer") existing("tickets", String(kind), "another");
    if (code === "OtherCase") existing("Tickets", String(kind), bench.training.containerName);
    await bench.drop(bench.definition(changes));
    await bench.run();
    expect(await bench.status()).toMatchObject({ state: "failed", error: { code, hint: expect.stringMatching(/\w/) } });
    expect(bench.service.count("POST /tickets/:import")).toBe(0);
  });

  it("names a container that is not there", async () => {
    await bench.training.delete();
    await bench.drop(bench.definition());
    await bench.run();
    expect(await bench.status()).toMatchObject({ state: "failed", error: { code: "ContainerNotFound" } });
  });

  it.each([
    ["a failed import", "import", { status: 400, code: "InvalidArgument", message: "no such container" }],
    ["a failed training", "train", { status: 400, code: "TooFewDocuments", message: "10 are needed" }],
    ["a failed deployment", "deploy", { status: 400, code: "QuotaExceeded", message: "too many" }],
  ])("ends with the service's words after %s", async (_, kind, failure) => {
    bench.service.failJob = (job) => (job === kind ? failure : undefined);
    await bench.drop(bench.definition());
    await bench.run();
    expect(await bench.status()).toMatchObject({
      state: "failed",
      error: {
        code: failure.code,
        message: expect.stringContaining(failure.message),
        hint: expect.stringMatching(/\w/),
      },
    });
  });

  it("is repaired by the next version", async () => {
    await bench.drop("{");
    await bench.run();
    await bench.drop(bench.definition());
    await bench.run();
    expect(await bench.status()).toMatchObject({ state: "succeeded" });
    expect((await bench.status()).error).toBeUndefined();
  });
});
