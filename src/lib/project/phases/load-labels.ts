import { createHash } from "node:crypto";
import type { ContainerClient } from "@azure/storage-blob";
import pMap from "p-map";
import { readJson } from "../../common/json-file.ts";
import { checkLabels, checkLabelsFile } from "../../labels/check-labels.ts";
import type { TrainingTexts } from "../../labels/check-texts.ts";
import { type LabelsFormat, writeLabels } from "../../labels/formats/formats.ts";
import { type Labels, type LabelsProblem, LabelsProblems } from "../../labels/labels.ts";
import { type FolderKind, labelsFromFolders, rootName } from "../../labels/labels-from-folders.ts";
import type { LabelRules } from "../../labels/limits.ts";
import { marksEntities } from "../../language/authoring/authoring.ts";
import { readText } from "../../storage/blobs.ts";
import type { Definition } from "../definition/definition.ts";
import { ProjectFailure } from "../errors.ts";
import type { ProjectContext } from "../project-session.ts";
import { inTraining, trainingTexts } from "../training-container.ts";

/** Labels that may be sent to the service. */
export interface LoadedLabels {
  /** What they were read from. */
  source: string;
  documents: number;
  digest: string;
  warnings: LabelsProblem[];
  /** What is sent: assets on the current wire, a tags file on the preview. */
  content: object;
}

/** Problems beyond these are counted, not listed: a status is read by people. */
const PROBLEMS_LISTED = 200;

/**
 * Reads a project's labels from wherever its file says, and checks them against the texts.
 * @returns undefined when the project file names none
 * @throws ProjectFailure with everything that is wrong
 */
export async function loadLabels(context: ProjectContext, definition: Definition): Promise<LoadedLabels | undefined> {
  const { labels, labelsFromFolders: fromFolders } = definition;
  if (fromFolders) return await loadFolders(context, definition);
  if (labels === undefined) return undefined;
  if (typeof labels !== "string")
    return await checkFile(context, definition, `${context.project}/project.json`, labels);
  const beside = labels.startsWith("./");
  const container = beside ? context.containers.projects : context.trainingContainer(definition);
  const name = beside ? `${context.project}/${labels.slice(2)}` : labels;
  const source = `${container.containerName}/${name}`;
  const text = beside ? (await readText(container, name))?.text : await readTraining(container, name);
  if (text === undefined) {
    throw new ProjectFailure({
      code: "LabelsMissing",
      message: `There is no labels file ${source}`,
      hint: 'Upload it, or correct labels in project.json: a name is looked for in the training container, one that begins with "./" beside project.json.',
    });
  }
  const json = readJson(text);
  if (json.problems.length > 0) {
    throw new ProjectFailure({
      code: "InvalidLabels",
      message: `The labels file ${source} is not JSON`,
      hint: "Correct the file and upload it again; then ask again.",
      problems: json.problems.map((problem) => ({ file: source, ...problem })),
    });
  }
  return await checkFile(context, definition, source, json.value);
}

/** Throws as `inTraining`. */
async function readTraining(container: ContainerClient, name: string): Promise<string | undefined> {
  const bytes = await trainingTexts(container).read(name);
  return bytes === undefined ? undefined : new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/** What labels of a project must be like. */
function labelRules(definition: Definition): LabelRules {
  const { kind, wire, language, multilingual, training } = definition;
  const split = training.evaluationOptions.kind;
  // The tags files of summer 2021 name texts by their path, folders included.
  return { kind, wire, language, multilingual, split, atRoot: wire === "current" };
}

async function checkFile(
  context: ProjectContext,
  definition: Definition,
  file: string,
  value: unknown,
): Promise<LoadedLabels> {
  const texts = trainingTexts(context.trainingContainer(definition));
  const report = await checkLabelsFile({ file, value }, labelRules(definition), texts);
  const { labels, problems, format, usable } = report;
  if (!usable || labels === undefined) throw unusable(file, problems);
  const own = definition.wire === "current" ? ownAssets(value, format, definition) : undefined;
  return loaded(file, labels, definition, { problems, own });
}

async function loadFolders(context: ProjectContext, definition: Definition): Promise<LoadedLabels> {
  const { kind, wire } = definition;
  if (marksEntities(kind)) throw new RangeError(`Folders cannot label a ${kind}`);
  const container = context.trainingContainer(definition);
  const texts = trainingTexts(container);
  const source = `folders of ${texts.name}`;
  const problems = new LabelsProblems(source);
  const labels = await labelsFromFolders(texts.list(), kind as FolderKind, problems);
  await checkLabels(labels, { ...labelRules(definition), atRoot: false }, problems, texts);
  if (problems.hasErrors) throw unusable(source, problems.all);
  const usable = wire === "current" ? await copyToRoot(labels, texts, container) : labels;
  return loaded(source, usable, definition, { problems: problems.all });
}

/** Labels that are in the service's format already go as they are, whatever else is in them. */
function ownAssets(value: unknown, format: LabelsFormat | undefined, { kind }: Definition): object | undefined {
  const file = value as { assets?: object };
  if (format === "project") return { ...file.assets, projectKind: kind };
  return format === "assets" ? { ...file, projectKind: kind } : undefined;
}

function loaded(
  source: string,
  labels: Labels,
  { wire, language }: Definition,
  { problems, own }: { problems: readonly LabelsProblem[]; own?: object | undefined },
): LoadedLabels {
  const content = own ?? writeLabels(labels, wire === "current" ? "assets" : "indexed-tags", language);
  const digest = createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 16);
  return { source, documents: labels.documents.length, digest, warnings: problems.slice(0, PROBLEMS_LISTED), content };
}

function unusable(source: string, problems: readonly LabelsProblem[]): ProjectFailure {
  const errors = problems.filter(({ severity }) => severity === "error");
  const count = errors.length === 1 ? "1 problem" : `${errors.length} problems`;
  const listed = [...errors, ...problems.filter(({ severity }) => severity === "warning")].slice(0, PROBLEMS_LISTED);
  const more = listed.length < problems.length ? `, the first ${listed.length} are listed` : "";
  return new ProjectFailure({
    code: "InvalidLabels",
    message: `The labels (${source}) have ${count}${more}; nothing was sent to the service`,
    hint: "Correct what error.problems lists, then upload the project file again.",
    problems: listed.map((problem) => ({ ...problem })),
  });
}

/** Texts copied at once. */
const AT_ONCE = 16;

/** Copies labelled texts out of their folders to the root of their container, and gives the labels for the copies. Throws as `inTraining`. */
async function copyToRoot(labels: Labels, texts: TrainingTexts, container: ContainerClient): Promise<Labels> {
  const documents = await pMap(
    labels.documents,
    async (document) => {
      const location = rootName(document.location);
      const bytes = await texts.read(document.location);
      if (bytes !== undefined) {
        const blobHTTPHeaders = { blobContentType: "text/plain; charset=utf-8" };
        const copy = container.getBlockBlobClient(location).uploadData(bytes, { blobHTTPHeaders });
        await inTraining(container, "write to", copy);
      }
      return { ...document, location };
    },
    { concurrency: AT_ONCE },
  );
  return { ...labels, documents };
}
