import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { askForDefinition, askProject } from "../../../src/lib/projects/ask-project.ts";
import type { AuthorStep } from "../../../src/lib/projects/author-step.ts";
import { describeProject } from "../../../src/lib/projects/describe-project.ts";
import { sweepProjects } from "../../../src/lib/projects/sweep-projects.ts";
import { AuthorBench } from "../../helpers/author-bench.ts";

let bench: AuthorBench;

beforeEach(async () => {
  bench = await AuthorBench.create();
  await bench.uploadTexts();
});

afterEach(() => bench.service.stop());

const stateIs = (state: string) => async () => (await bench.status()).state === state;
const train = () => bench.service.count("POST /tickets/:train");

/** Trains and deploys a first model, `m1`, that serves. */
async function serving(): Promise<void> {
  await bench.drop(bench.definition({ training: { modelLabel: "m1" } }));
  expect((await bench.run()).result).toMatchObject({ state: "succeeded" });
  expect(bench.service.served("tickets", "production")).toBe("m1");
}

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

describe("a model that is not good enough", () => {
  it("leaves what serves alone, and tells what it missed", async () => {
    await serving();
    const thresholds = { macroF1: 0.95, microF1: 0.5, classes: { a: 0.9, b: 0.1 } };
    await bench.drop(bench.definition({ training: { modelLabel: "m2" }, thresholds }));
    await bench.run();
    expect(await bench.status()).toMatchObject({
      state: "belowThreshold",
      model: { label: "m2" },
      deployment: { name: "production", model: "m1" },
      error: {
        code: "BelowThreshold",
        message:
          'The model "m2" is not good enough to be deployed: macro F1 is 0.9, wanted 0.95; F1 of "b" is unknown, wanted 0.1',
      },
    });
    expect(bench.service.served("tickets", "production")).toBe("m1");
  });

  it("is deployed when that is asked for all the same", async () => {
    await bench.drop(bench.definition({ training: { modelLabel: "m1" }, thresholds: { macroF1: 1 } }));
    await bench.run();
    expect(await askProject(bench.context(), "tickets", { action: "deploy", ignoreThresholds: true })).toBe("accepted");
    expect((await bench.run()).result).toMatchObject({ state: "succeeded", deployment: { model: "m1" } });
  });
});

describe("a serving deployment", () => {
  it("gets a new model by a swap, and never stops serving", async () => {
    await serving();
    const served: (string | undefined)[] = [];
    bench.service.onEffect = () => served.push(bench.service.served("tickets", "production"));
    await bench.drop(bench.definition({ training: { modelLabel: "m2" } }));
    expect((await bench.run()).result).toMatchObject({
      state: "succeeded",
      deployment: { name: "production", model: "m2" },
    });
    expect(served).toEqual(["m1", "m1", "m1", "m2", "m2"]);
    expect([...(bench.service.projects.get("tickets")?.deployments.keys() ?? [])]).toEqual(["production"]);
    expect(bench.service.count("POST /tickets/deployments/:swap")).toBe(1);
  });

  it("gets a model that was trained anew under its old name", async () => {
    await serving();
    await bench.drop(bench.definition({ training: { modelLabel: "m1" } }));
    expect((await bench.run()).result).toMatchObject({ state: "succeeded" });
    expect(train()).toBe(2);
    expect(bench.service.count("POST /tickets/deployments/:swap")).toBe(1);
    const project = bench.service.projects.get("tickets");
    expect(project?.deployments.get("production")).toEqual(project?.models.get("m1"));
  });

  it("is replaced where it stands when that is wanted", async () => {
    await serving();
    await bench.drop(bench.definition({ training: { modelLabel: "m2" }, deployment: { strategy: "replace" } }));
    await bench.run();
    expect(bench.service.served("tickets", "production")).toBe("m2");
    expect(bench.service.count("POST /tickets/deployments/:swap")).toBe(0);
  });

  it("is not exchanged with a deployment of somebody else", async () => {
    await serving();
    const project = bench.service.projects.get("tickets");
    project?.deployments.set("production-staging", { modelId: "theirs", trainedAt: "2020-01-01T00:00:00Z" });
    await bench.drop(bench.definition({ training: { modelLabel: "m2" } }));
    await bench.run();
    expect(await bench.status()).toMatchObject({ state: "failed", error: { code: "DeploymentNameTaken" } });
    expect(project?.deployments.get("production-staging")?.modelId).toBe("theirs");
    expect(bench.service.served("tickets", "production")).toBe("m1");
  });
});

describe("a step that is repeated", () => {
  /** Each request of the life cycle that changes something, when a first model serves already. */
  const CHANGES = [
    "POST /tickets/:import",
    "POST /tickets/:train",
    "PUT /tickets/deployments/production-staging",
    "POST /tickets/deployments/:swap",
    "DELETE /tickets/deployments/production-staging",
  ];

  it.each(CHANGES)("after the answer to %s was lost comes to the same end, with one model more", async (form) => {
    await serving();
    let lost = 0;
    bench.service.loseAnswer = ({ method, path }) => `${method} ${path}` === form && lost++ === 0;
    await bench.drop(bench.definition({ training: { modelLabel: "m2" } }));
    expect((await bench.run()).result).toMatchObject({ state: "succeeded", deployment: { model: "m2" } });
    expect(lost).toBeGreaterThan(0);
    expect(train()).toBe(2);
    expect(bench.service.served("tickets", "production")).toBe("m2");
    expect([...(bench.service.projects.get("tickets")?.deployments.keys() ?? [])]).toEqual(["production"]);
    expect(bench.service.count("POST /tickets/deployments/:swap")).toBe(1);
  });

  it("by Durable Functions with its old input finds what the first run did", async () => {
    await serving();
    await bench.drop(bench.definition({ training: { modelLabel: "m2" } }));
    const inputs: AuthorStep[] = [];
    await bench.run((step) => {
      inputs.push(step);
      return false;
    });
    const before = bench.service.asked.filter(({ method }) => method !== "GET").length;
    for (const input of inputs.filter((_, n) => n % 3 === 0)) await bench.step(input);
    expect(bench.service.asked.filter(({ method }) => method !== "GET")).toHaveLength(before);
  });

  it("twice at once writes once: the second sees the first", async () => {
    await bench.drop(bench.definition());
    await bench.run(stateIs("training"));
    const step = { project: "tickets", afterSeconds: 0, status: {}, memory: {} };
    await Promise.all([bench.step(step), bench.step(step)]);
    await bench.run();
    expect(bench.service.projects.get("tickets")?.models.size).toBe(1);
  });

  it("finds its training again when the service forgot the job but has the model", async () => {
    await bench.drop(bench.definition({ training: { modelLabel: "m1" } }));
    await bench.run(async () => (await bench.status()).percent !== undefined);
    const project = bench.service.projects.get("tickets");
    bench.service.forgetJobs();
    project?.models.set("m1", { modelId: "id-m1", trainedAt: new Date(bench.now() + 60_000).toISOString() });
    expect((await bench.run()).result).toMatchObject({ state: "succeeded", deployment: { model: "m1" } });
    expect(train()).toBe(1);
  });

  it("does not take an older training of the same name for the new one", async () => {
    await serving();
    let lost = 0;
    bench.service.loseAnswer = ({ path }) => path.endsWith(":train") && lost++ === 0;
    await bench.drop(bench.definition({ training: { modelLabel: "m1" } }));
    await bench.run();
    const project = bench.service.projects.get("tickets");
    expect(project?.trainings).toHaveLength(2);
    expect(project?.deployments.get("production")).toEqual(project?.models.get("m1"));
  });
});

describe("a service that does not let us", () => {
  it("because rights are missing is waited for, with the role in the status, until they are given", async () => {
    let refused = 0;
    bench.service.refuse = ({ path }) =>
      path.endsWith(":train") && refused++ < 3 ? { status: 403, code: "Forbidden" } : undefined;
    await bench.drop(bench.definition());
    const blocked = await bench.run(stateIs("blocked"));
    expect(await bench.status()).toMatchObject({
      state: "blocked",
      step: "training",
      running: true,
      error: { code: "Forbidden", hint: expect.stringContaining("Cognitive Services Language Owner") },
    });
    expect(blocked.status).toMatchObject({ state: "blocked", error: { code: "Forbidden" } });
    const next = await bench.step(blocked);
    expect(next.afterSeconds).toBeGreaterThan(blocked.afterSeconds);
    expect((await bench.run(undefined, next)).result).toMatchObject({ state: "succeeded" });
    expect(bench.events.filter(({ event }) => event === "project.held")).toHaveLength(1);
  });

  it("because of its rate limit is waited for as long as it says", async () => {
    let refused = 0;
    bench.service.refuse = ({ method }) =>
      method === "POST" && refused++ < 2 ? { status: 429, code: "429", headers: { "retry-after": "17" } } : undefined;
    await bench.drop(bench.definition());
    expect((await bench.run(stateIs("throttled"))).afterSeconds).toBe(17);
    await bench.run();
    expect(await bench.status()).toMatchObject({ state: "succeeded" });
  });

  it("because it is busy with another training is waited for", async () => {
    let refused = 0;
    bench.service.refuse = ({ path }) =>
      path.endsWith(":train") && refused++ < 4 ? { status: 409, code: "Conflict" } : undefined;
    await bench.drop(bench.definition());
    await bench.run(stateIs("retrying"));
    await bench.run();
    expect(await bench.status()).toMatchObject({ state: "succeeded" });
    expect(bench.service.projects.get("tickets")?.trainings).toHaveLength(1);
  });

  it("for what the file says ends with what to change", async () => {
    bench.service.refuse = ({ path }) =>
      path.endsWith(":train")
        ? { status: 400, code: "InvalidParameterValue", message: "unknown config version" }
        : undefined;
    await bench.drop(bench.definition());
    await bench.run();
    expect(await bench.status()).toMatchObject({
      state: "failed",
      error: { code: "InvalidParameterValue", message: expect.stringContaining("unknown config version") },
    });
  });

  it("and is put right by a new file while it is blocked", async () => {
    bench.service.refuse = ({ path }) => (path.endsWith(":import") ? { status: 403, code: "Forbidden" } : undefined);
    await bench.drop(bench.definition());
    await bench.run(stateIs("blocked"));
    bench.service.refuse = () => undefined;
    await bench.drop(bench.definition({ description: "second" }));
    await bench.run();
    expect(bench.service.projects.get("tickets")?.metadata).toMatchObject({ description: "second" });
  });
});

describe("one thing at a time", () => {
  it("a file that comes while another is carried out waits for its turn", async () => {
    await bench.drop(bench.definition({ training: { modelLabel: "m1" } }));
    await bench.run(stateIs("training"));
    await bench.drop(bench.definition({ training: { modelLabel: "m2" } }));
    await bench.step({ project: "tickets", afterSeconds: 0, status: {}, memory: {} });
    expect(await bench.status()).toMatchObject({ running: true, waiting: { action: "author" } });
    expect((await bench.run()).result).toMatchObject({ deployment: { model: "m2" } });
    expect(train()).toBe(2);
  });

  it("a finished project is under way again as soon as something is asked of it", async () => {
    await bench.drop(bench.definition());
    await bench.run();
    await askProject(bench.context(), "tickets", { action: "train" });
    expect(await describeProject(bench.context())).toMatchObject({ state: "preparing", running: true });
  });

  it("a training or deployment is refused while something is done, a deletion is not", async () => {
    await bench.drop(bench.definition());
    await bench.run(async () => (await bench.status()).percent !== undefined);
    expect(await askProject(bench.context(), "tickets", { action: "train" })).toBe("busy");
    expect(await askProject(bench.context(), "tickets", { action: "deploy" })).toBe("busy");
    expect(await askProject(bench.context(), "tickets", { action: "delete" })).toBe("accepted");
    expect((await bench.run()).result).toMatchObject({ state: "deleted" });
    expect(bench.service.projects.size).toBe(0);
    expect(bench.service.asked.some(({ path }) => path.endsWith(":cancel"))).toBe(true);
  });

  it("nothing can be asked of a project that is not there", async () => {
    for (const action of ["train", "deploy", "delete"] as const) {
      expect(await askProject(bench.context(), "tickets", { action })).toBe("unknown");
    }
    expect(await describeProject(bench.context())).toBeUndefined();
  });
});

describe("a single step", () => {
  it("trains without deploying, deploys without training", async () => {
    await serving();
    await askProject(bench.context(), "tickets", { action: "train", modelLabel: "m2" });
    expect((await bench.run()).result).toMatchObject({
      state: "succeeded",
      model: { label: "m2" },
      deployment: { model: "m1" },
    });
    await askProject(bench.context(), "tickets", { action: "deploy", deploymentName: "canary" });
    expect((await bench.run()).result).toMatchObject({ deployment: { name: "canary", model: "m2" } });
    expect((await bench.status()).deployments).toMatchObject([
      { name: "production", model: "m1" },
      { name: "canary", model: "m2" },
    ]);
    expect(bench.service.served("tickets", "production")).toBe("m1");
    await askProject(bench.context(), "tickets", { action: "deploy", modelLabel: "nowhere", ignoreThresholds: true });
    expect((await bench.run()).result).toMatchObject({ state: "failed", error: { code: "ModelNotFound" } });
    expect(train()).toBe(2);
  });

  it("deletes a model or a deployment, and at last the project, which its file does not bring back", async () => {
    await serving();
    await askProject(bench.context(), "tickets", { action: "delete", only: { deployment: "production" } });
    expect((await bench.run()).result).toMatchObject({ state: "succeeded" });
    await askProject(bench.context(), "tickets", { action: "delete", only: { model: "m1" } });
    await bench.run();
    const project = bench.service.projects.get("tickets");
    expect([project?.models.size, project?.deployments.size]).toEqual([0, 0]);
    await askProject(bench.context(), "tickets", { action: "delete" });
    expect((await bench.run()).result).toMatchObject({ state: "deleted" });
    expect(await sweepProjects(bench.context())).toEqual([]);
    expect(bench.service.projects.size).toBe(0);
  });

  it("deletes with the last good file when the present one is wrong", async () => {
    await serving();
    await bench.drop("{");
    await bench.run();
    await askProject(bench.context(), "tickets", { action: "delete" });
    expect((await bench.run()).result).toMatchObject({ state: "deleted" });
  });
});

describe("the sweep", () => {
  it("finds a file whose event was lost, and work that stopped in the middle", async () => {
    await bench.upload(bench.projects, "tickets/project.json", JSON.stringify(bench.definition()));
    await bench.upload(bench.projects, "tickets/notes.txt", "x");
    expect(await sweepProjects(bench.context())).toEqual(["tickets"]);
    await bench.run(stateIs("training"));
    expect(await sweepProjects(bench.context())).toEqual(["tickets"]);
    await bench.run();
    expect(await sweepProjects(bench.context())).toEqual([]);
  });
});

describe("the description", () => {
  it("has what the service has once nothing runs, and asks it nothing before", async () => {
    await bench.drop(bench.definition({ training: { modelLabel: "m1" } }));
    expect(await describeProject(bench.context())).toMatchObject({ state: "preparing", running: true });
    await bench.run(stateIs("training"));
    const before = bench.service.asked.length;
    expect(await describeProject(bench.context())).toMatchObject({ state: "training", running: true });
    expect(bench.service.asked).toHaveLength(before);
    await bench.run();
    expect(await describeProject(bench.context())).toMatchObject({
      state: "succeeded",
      running: false,
      service: {
        models: [{ label: "m1", modelId: "id-m1", scores: { macroF1: 0.9 } }],
        deployments: [{ name: "production", model: "m1" }],
      },
    });
  });

  it("says why the service does not tell", async () => {
    await serving();
    bench.service.refuse = () => ({ status: 401, code: "401" });
    expect(await describeProject(bench.context())).toMatchObject({
      state: "succeeded",
      service: { error: { code: "Unauthorized" } },
    });
  });
});
