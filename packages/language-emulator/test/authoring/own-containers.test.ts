import { expect, it } from "vitest";
import { at, EmulatorFixture, type Loose, locationOf } from "../emulator-fixture.ts";

/** The three documents of a container that a test fills, four times. */
const WORDS = { warm: "sun and heat", cold: "snow and frost", wet: "rain and puddles" };

async function finish(emulator: EmulatorFixture, path: string, body: object): Promise<Loose> {
  const started = await emulator.call("POST", path, body);
  emulator.clock.advance(10);
  return (await emulator.call("GET", started.headers.get("location") ?? "")).body;
}

/** The quickstart of 2021 from a container to classes, with nothing but the emulator. */
async function quickstart(emulator: EmulatorFixture, container: string, text: string): Promise<string[]> {
  const projects = "/language/text/authoring/v1.0-preview.2/projects";
  const project = {
    name: "MyProject",
    modelType: "MultiClassification",
    multiLingual: false,
    description: "My new CT project",
    culture: "en-us",
    storageInputContainerName: container,
    labelsLocation: "labels.json",
  };
  expect((await emulator.call("POST", projects, project)).status).toBe(201);
  const tasks = { tasks: [{ trainingModelName: "MyModel" }] };
  expect(await finish(emulator, `${projects}/MyProject/train`, tasks)).toMatchObject({ status: "completed" });
  const published = await finish(emulator, `${projects}/MyProject/publish`, tasks);
  const parameters = { modelId: String(at(published, "tasks", 0, "modelId")), stringIndexType: "TextElements_v8" };
  const accepted = await emulator.call("POST", "/text/analytics/v3.1-preview.ct.1/analyze", {
    displayName: "MyJobName",
    analysisInput: { documents: [{ id: "doc1", text }] },
    tasks: { customMultiClassificationTasks: [{ parameters }] },
  });
  emulator.clock.advance(10);
  const { body } = await emulator.call("GET", locationOf(accepted));
  const results = at(body, "tasks", "tasks", "customMultiClassificationTasks", 0, "results");
  return at(results, "documents", 0, "classes").map(({ category }) => String(category));
}

const SECONDS = { trainingSeconds: { from: 10, to: 10 }, authoringSeconds: { from: 10, to: 10 } };

it("a project can be made of a container of the projects that the emulator was started with", async () => {
  await using emulator = await EmulatorFixture.start(SECONDS);
  expect(await quickstart(emulator, "contracts-training", "Invoices are due within thirty days.")).toEqual(["payment"]);
});

it("a project can be made of texts and labels that were put into the emulator", async () => {
  await using emulator = await EmulatorFixture.start(SECONDS);
  const documents = Object.entries(WORDS).flatMap(([intent, words], index) =>
    Array.from({ length: 4 }, (_, nth) => ({ location: `${intent}-${nth}.txt`, text: words, intents: [index] })),
  );
  const labels = { intentNames: Object.keys(WORDS), documents };
  const put = async (name: string, text: string): Promise<number> =>
    (await emulator.call("PUT", `/_emulator/containers/MyContainer/${name}`, text)).status;
  for (const { location, text } of documents) expect(await put(location, text)).toBe(201);
  expect(await put("labels.json", JSON.stringify(labels))).toBe(201);
  expect(await quickstart(emulator, "MyContainer", "Nothing but snow.")).toEqual(["cold"]);
  const { body } = await emulator.call("GET", "/_emulator/containers");
  expect(at(body, "MyContainer")).toHaveLength(13);
});

it("the containers of the projects hold their labels, except of a kind that the preview does not have", async () => {
  await using emulator = await EmulatorFixture.start();
  const { body } = await emulator.call("GET", "/_emulator/containers");
  const labelled = Object.entries(body).filter(([, names]) => JSON.stringify(names).includes('"labels.json"'));
  expect(labelled.map(([container]) => container).toSorted()).toEqual([
    "contracts-training",
    "incidents-training",
    "tickets-training",
  ]);
});
