import { z } from "zod";
import { quote } from "../../common/problems.ts";
import { type ProjectKind, readProjectKind } from "../../language/authoring/authoring.ts";
import type { JsonPath, Labels, LabelsProblems } from "../labels.ts";
import { readAssets, writeAssets } from "./assets.ts";
import { readIndexedTags, writeIndexedTags } from "./indexed-tags.ts";
import { readNamedTags, writeNamedTags } from "./named-tags.ts";

/**
 * The formats of labels files, by what is typical of them.
 * - `project`: a whole project file, as Language Studio exports it; its labels are in `assets`.
 * - `assets`: only those.
 * - `indexed-tags`: authoring v1.0-preview.2 (summer 2021), classes by number.
 * - `named-tags`: previews from November 2021 on, classifiers and extractors.
 */
export type LabelsFormat = "project" | "assets" | "indexed-tags" | "named-tags";

const objectSchema = z.record(z.string(), z.unknown(), { error: "an object with labels" });
const stringIndexSchema = z.literal("Utf16CodeUnit", { error: '"Utf16CodeUnit", the only one that authoring has' });

/**
 * Reads a labels file, whichever format it is in.
 * @param file parsed JSON
 * @param kind of the project; one named in the file must be the same
 * @param problems receives what is wrong with its form
 */
export function readLabels(
  file: unknown,
  kind: ProjectKind,
  problems: LabelsProblems,
): { format: LabelsFormat; labels: Labels } | undefined {
  const object = problems.parse(objectSchema, file, { at: [] });
  if (object === undefined) return undefined;
  const format = formatOf(object);
  if (format === undefined) {
    const found = `an object with ${Object.keys(object).slice(0, 6).join(", ") || "nothing in it"}`;
    const expected = "a project file (assets), or classes or entities with documents, or a tags file of the previews";
    problems.error({ code: "UnknownFormat", at: [], found, expected });
    return undefined;
  }
  const labels = readAs(format, object, kind, problems);
  return labels && { format, labels };
}

function formatOf(file: Readonly<Record<string, unknown>>): LabelsFormat | undefined {
  const has = (...names: string[]) => names.some((name) => name in file);
  if (has("assets")) return "project";
  if (has("intentNames", "entityNames")) return "indexed-tags";
  if (has("classifiers", "extractors")) return "named-tags";
  return has("classes", "entities") ? "assets" : undefined;
}

function readAs(
  format: LabelsFormat,
  file: Readonly<Record<string, unknown>>,
  kind: ProjectKind,
  problems: LabelsProblems,
): Labels | undefined {
  if (format === "indexed-tags") return readIndexedTags(file, kind, problems);
  if (format === "named-tags") return readNamedTags(file, kind, problems);
  const assets = format === "project" ? file.assets : file;
  const at: JsonPath = format === "project" ? ["assets"] : [];
  checkKind(assets, kind, at, problems);
  if (format === "project") {
    checkKind(file.metadata, kind, ["metadata"], problems);
    if (file.stringIndexType !== undefined)
      problems.parse(stringIndexSchema, file.stringIndexType, { at: ["stringIndexType"] });
  }
  return readAssets(assets, kind, at, problems);
}

function checkKind(holder: unknown, kind: ProjectKind, at: JsonPath, problems: LabelsProblems): void {
  const named = objectSchema.safeParse(holder).data?.projectKind;
  if (named === undefined || readProjectKind(named) === kind) return;
  problems.error({
    code: "OtherKind",
    at: [...at, "projectKind"],
    found: quote(named),
    expected: `${kind}, the kind of the project`,
    hint: "Correct kind in the project file, or take the labels of a project of this kind.",
  });
}

/** Formats that labels can be converted into. */
export type WritableFormat = Exclude<LabelsFormat, "project">;

/**
 * Writes labels without errors in another format. The tags files of the previews have no place for the split between
 * training and test and for what else the assets say; that is lost.
 * @param language of documents that name none
 * @throws RangeError for custom Text Analytics for health, which came after the tags files
 */
export function writeLabels(labels: Labels, format: WritableFormat, language: string): object {
  if (format === "assets") return writeAssets(labels, language);
  if (labels.kind === "CustomHealthcare") throw new RangeError("CustomHealthcare has no tags file");
  return format === "indexed-tags" ? writeIndexedTags(labels, language) : writeNamedTags(labels, language);
}
