import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { z } from "zod";
import { PROJECT_KINDS, type ProjectKind, readProjectKind } from "../../src/lib/language/authoring/project-kind.ts";
import { checkLabels, checkLabelsFile } from "../../src/lib/projects/labels/check-labels.ts";
import type { LabelRules } from "../../src/lib/projects/labels/label-rules.ts";
import type { Labels } from "../../src/lib/projects/labels/labels.ts";
import { type FolderKind, labelsFromFolders } from "../../src/lib/projects/labels/labels-from-folders.ts";
import { type LabelsProblem, LabelsProblems, problemLine } from "../../src/lib/projects/labels/labels-problems.ts";
import { type WritableFormat, writeLabels } from "../../src/lib/projects/labels/write-labels.ts";
import { readJson } from "../../src/lib/settings/json-file.ts";
import { textsInFolder } from "./texts-in-folder.ts";

export const LABELS_USAGE = `npm run labels -- <command> <file or folder> [options]

  check <file>      report everything that is wrong with a labels file
  convert <file>    write the labels in another format to standard output
  folders <folder>  write labels made from folders (folder name = class) to standard output

  --kind KIND       kind of the project, where the file does not say it
  --texts FOLDER    the training texts, to check them as well
  --language CODE   of the project; default en
  --multilingual    the texts are in several languages
  --manual          the documents say themselves whether they are for the test
  --preview         by the rules of authoring v1.0-preview.2
  --to FORMAT       assets (default), index-tags (v1.0-preview.2) or named-tags (previews from November 2021 on)`;

const formatSchema = z.enum(["assets", "index-tags", "named-tags"]);
const fileSchema = z.looseObject({
  projectKind: z.unknown().optional(),
  metadata: z.looseObject({ projectKind: z.unknown().optional() }).optional(),
  assets: z.looseObject({ projectKind: z.unknown().optional() }).optional(),
});

interface Output {
  write(text: string): unknown;
}

/**
 * @returns exit code: 0 when the labels can be used, 1 when not
 * @throws Error whose message is for the person at the terminal
 */
export async function runLabels(args: readonly string[], out: Output): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      kind: { type: "string" },
      texts: { type: "string" },
      language: { type: "string", default: "en" },
      multilingual: { type: "boolean", default: false },
      manual: { type: "boolean", default: false },
      preview: { type: "boolean", default: false },
      to: { type: "string", default: "assets" },
    },
  });
  const [command = "", path = "", ...rest] = positionals;
  if (!["check", "convert", "folders"].includes(command)) throw new Error("Which command? check, convert, folders");
  if (path === "" || rest.length > 0) throw new Error(`Name one file or folder: npm run labels -- ${command} <path>`);
  const format = formatSchema.safeParse(values.to).data;
  if (format === undefined) throw new Error(`--to must be one of ${formatSchema.options.join(", ")}`);
  const value = command === "folders" ? undefined : await readFileAsJson(path);
  const rules: LabelRules = {
    kind: kindOf(values.kind, value),
    wire: values.preview ? "preview" : "current",
    language: values.language,
    multilingual: values.multilingual,
    split: values.manual ? "manual" : "percentage",
    atRoot: !values.preview && command !== "folders",
  };
  if (command === "folders") return await folders(path, rules, format, out);
  const texts = values.texts === undefined ? undefined : textsInFolder(values.texts);
  const { labels, problems, usable } = await checkLabelsFile({ file: path, value }, rules, texts);
  if (command === "check" || labels === undefined || !usable) return report(problems, usable, out);
  return print(labels, format, rules.language, out);
}

async function folders(path: string, rules: LabelRules, format: WritableFormat, out: Output): Promise<number> {
  if (!rules.kind.endsWith("Classification")) throw new Error(`Folders cannot label a ${rules.kind}`);
  const texts = textsInFolder(path);
  const problems = new LabelsProblems(path);
  const labels = await labelsFromFolders(texts.list(), rules.kind as FolderKind, problems);
  await checkLabels(labels, rules, problems, texts);
  if (problems.hasErrors) return report(problems.all, false, out);
  return print(labels, format, rules.language, out);
}

function print(labels: Labels, format: WritableFormat, language: string, out: Output): number {
  out.write(`${JSON.stringify(writeLabels(labels, format, language), null, 2)}\n`);
  return 0;
}

function report(problems: readonly LabelsProblem[], usable: boolean, out: Output): number {
  for (const problem of problems) out.write(`${problemLine(problem)}\n`);
  out.write(usable ? `The labels can be used (${problems.length} warnings).\n` : "The labels cannot be used.\n");
  return usable ? 0 : 1;
}

async function readFileAsJson(path: string): Promise<unknown> {
  const { value, problems } = readJson(await readFile(path, "utf8"));
  const [problem] = problems;
  if (problem !== undefined) throw new Error(`${path}, line ${problem.line}: ${problem.found}`);
  return value;
}

function kindOf(named: string | undefined, file: unknown): ProjectKind {
  const { assets, metadata, projectKind } = fileSchema.safeParse(file).data ?? {};
  const kind = readProjectKind(named ?? assets?.projectKind ?? metadata?.projectKind ?? projectKind);
  if (kind === undefined) throw new Error(`--kind must be one of ${PROJECT_KINDS.join(", ")}`);
  return kind;
}
