import { type LanguageService, startLanguageService } from "language-emulator";
import { countTextElements } from "language-emulator/text";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SAMPLES, type Stack, startStack } from "../../dev/stack/start-stack.ts";
import { TASK_KINDS, type TaskKind } from "../../src/lib/language/analysis.ts";
import { StackDriver } from "./drive-stack.ts";
import { bundleTitle, KIND_SAMPLES, VERSION_FIELDS, VERSION_PARAMETERS } from "./kinds/kind-samples.ts";
import { list, misplaced, objectsIn, spansIn } from "./kinds/loose.ts";
import { ownAccount } from "./own-account.ts";
import { type PipelinesFile, writePipelines } from "./write-pipelines.ts";

type StringIndexType = "TextElements_v8" | "UnicodeCodePoint" | "Utf16CodeUnit";

const CUSTOM: readonly TaskKind[] = [
  "CustomSingleLabelClassification",
  "CustomMultiLabelClassification",
  "CustomEntityRecognition",
];
const PREBUILT: readonly TaskKind[] = [
  "EntityRecognition",
  "PiiEntityRecognition",
  "KeyPhraseExtraction",
  "SentimentAnalysis",
  "EntityLinking",
];
const SUMMARIES: readonly TaskKind[] = ["ExtractiveSummarization", "AbstractiveSummarization"];

const CUSTOM_2023: readonly TaskKind[] = [
  "CustomHealthcare",
  "CustomSentimentAnalysis",
  "CustomAbstractiveSummarization",
];

/** The wires, what the service's documentation lets each do, and the unit in which its pipelines ask for offsets here. */
const WIRES: readonly { version: string; kinds: readonly TaskKind[]; unit: StringIndexType }[] = [
  { version: "v3.1-preview.ct.1", kinds: CUSTOM.slice(0, 2), unit: "TextElements_v8" },
  { version: "v3.2-preview.2", kinds: [...CUSTOM, ...PREBUILT, "ExtractiveSummarization"], unit: "TextElements_v8" },
  { version: "2022-05-01", kinds: [...CUSTOM, ...PREBUILT, "Healthcare"], unit: "TextElements_v8" },
  { version: "2023-04-01", kinds: [...CUSTOM, ...PREBUILT, "Healthcare", ...SUMMARIES], unit: "Utf16CodeUnit" },
  { version: "2023-04-15-preview", kinds: CUSTOM_2023, unit: "UnicodeCodePoint" },
  { version: "2024-11-01", kinds: [...CUSTOM, ...PREBUILT, "Healthcare", ...SUMMARIES], unit: "UnicodeCodePoint" },
];

const ROWS = WIRES.flatMap(({ version, kinds, unit }) => kinds.map((kind) => ({ version, kind, unit }))).map(
  (row, index) => ({ ...row, pipeline: `row-${index}` }),
);
type Row = (typeof ROWS)[number];

/** A family, a flag, marks of their own, Hangul in one piece and in its parts, CR LF: each counts differently in each unit. */
const AWKWARD = "👩🏻‍👩🏽‍👧🏾‍👦🏿 n\u0303 \ud55c\uad6d \u1112\u1161\u11ab 🇩🇪!\r\n\r\n";

/** Fields that no version has yet: the emulator puts them at every level of every answer. */
const FUTURE = { fromTheFuture: { known: false } };

const documentsOf = ({ kind, pipeline }: Row): [name: string, text: string][] => [
  [`${pipeline}/plain.txt`, KIND_SAMPLES[kind].text],
  [`${pipeline}/awkward.txt`, AWKWARD + KIND_SAMPLES[kind].text],
];

let language: LanguageService;
let pipelines: PipelinesFile;
let stack: Stack;
let driver: StackDriver;

beforeAll(async () => {
  language = await startLanguageService({
    projects: SAMPLES,
    jobSeconds: { from: 0.2, to: 0.5 },
    scenario: { rules: [{ when: { operation: "submit" }, do: [{ action: "extraFields", fields: FUTURE }] }] },
  });
  pipelines = await writePipelines(ROWS.map((row) => pipelineOf(row, language)));
  stack = await startStack({
    storage: ownAccount(),
    pipelines: pipelines.path,
    language: { endpoint: language.url, key: language.key },
  });
  driver = new StackDriver(stack);
  const documents = ROWS.flatMap(documentsOf);
  await driver.drop(documents);
  await driver.recordsUnder("", documents.length);
});

afterAll(async () => {
  await stack?.stop();
  await pipelines?.[Symbol.asyncDispose]();
  await language?.stop();
});

function pipelineOf({ pipeline, version, kind, unit }: Row, { projects }: LanguageService): object {
  const { projectName, deploymentName, ...parameters } = KIND_SAMPLES[kind].parameters ?? {};
  const project = projects.project(String(projectName));
  const byId = version === "v3.1-preview.ct.1" && project !== undefined;
  const task = {
    kind,
    name: "the task",
    ...parameters,
    ...(byId ? { modelId: projects.publishedModelId(project) } : projectName ? { projectName, deploymentName } : {}),
    ...(hasOffsets(kind) || byId ? { stringIndexType: unit } : {}),
    ...VERSION_PARAMETERS[version]?.[kind],
  };
  return { name: pipeline, match: `${pipeline}/**`, apiVersion: version, tasks: [task] };
}

function hasOffsets(kind: TaskKind): boolean {
  return !["CustomSingleLabelClassification", "CustomMultiLabelClassification", "KeyPhraseExtraction"].includes(kind);
}

it("every kind of task has at least one row", () => {
  expect(new Set(ROWS.map(({ kind }) => kind))).toEqual(new Set(TASK_KINDS));
});

describe.each(WIRES)("from a dropped document to its result on $version", ({ version }) => {
  it.each(ROWS.filter((row) => row.version === version))("$kind", async (row) => {
    const { kind, pipeline } = row;
    const sample = KIND_SAMPLES[kind];
    for (const [name, text] of documentsOf(row)) {
      const result = await driver.readResult(pipeline, name);
      const characters = countTextElements(text);
      expect(result).toMatchObject({
        pipeline,
        status: "succeeded",
        document: { name, bytes: Buffer.byteLength(text), characters: text.length, chunks: 1 },
        tasks: [{ name: "the task", kind, status: "succeeded", warnings: [] }],
        jobs: [{ apiVersion: version }],
        usage: { textRecords: 1 },
      });
      expect(result.usage).toEqual({ textRecords: 1 });
      const [task = {}] = list(result, "tasks");
      expect(Object.keys(task).toSorted()).toEqual(expectedFields(row));
      expect(task.statistics).toMatchObject({ charactersCount: characters, transactionsCount: 1 });
      expect(sample.found(task)).toEqual(sample.expected);

      expect(spansIn(task).length > 0).toBe(hasOffsets(kind));
      expect(misplaced(task, text)).toEqual([]);
      expect(JSON.stringify(task)).not.toContain("#/documents");
      const known = objectsIn(task).filter((value) => value.known === undefined);
      for (const value of known) expect(value).toMatchObject(FUTURE);
    }
  });
});

/** The fields of the one entry under `tasks`, whatever the wire calls them. */
function expectedFields({ kind, version }: Row): string[] {
  const ofModel =
    version === "v3.1-preview.ct.1"
      ? []
      : kind.startsWith("Custom")
        ? ["projectName", "deploymentName"]
        : ["modelVersion"];
  const common = ["name", "kind", "status", "warnings", "statistics", ...Object.keys(FUTURE)];
  const ofKind = [...KIND_SAMPLES[kind].fields, ...(VERSION_FIELDS[version]?.[kind] ?? [])];
  return [...common, ...ofModel, ...ofKind].toSorted();
}

it("a FHIR bundle comes as it was made, with the document type that was asked for", async () => {
  const row =
    ROWS.find(({ version, kind }) => version === "2024-11-01" && kind === "Healthcare") ?? expect.unreachable();
  const result = await driver.readResult(row.pipeline, `${row.pipeline}/awkward.txt`);
  const [task = {}] = list(result, "tasks");
  expect(bundleTitle(task)).toBe("Progress note");
  const references = objectsIn(task.fhirBundle).flatMap(({ fullUrl }) => (fullUrl === undefined ? [] : [fullUrl]));
  expect(references.length).toBeGreaterThan(3);
});

it("every document was sent once, and each has one record", async () => {
  const names = ROWS.flatMap(documentsOf).map(([name]) => name);
  expect(await driver.broken(names)).toEqual([]);
  expect(language.stats().documents).toBe(names.length);
});

it("nothing was done that Azure would punish", () => {
  expect([...stack.host.violations]).toEqual([]);
});
