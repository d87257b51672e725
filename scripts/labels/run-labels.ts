import { writeFile } from "node:fs/promises";
import { z } from "zod";
import { readNamedFile } from "../../dev/command-line.ts";
import { readJson } from "../../src/lib/common/json-file.ts";
import { checkLabelsFile } from "../../src/lib/labels/check-labels.ts";
import { writeLabels } from "../../src/lib/labels/formats/formats.ts";
import { type Labels, type LabelsProblem, problemLine } from "../../src/lib/labels/labels.ts";
import type { LabelRules } from "../../src/lib/labels/limits.ts";
import { PROJECT_KINDS, type ProjectKind, readProjectKind } from "../../src/lib/language/authoring/authoring.ts";
import { type LabelsArguments, readLabelsArguments } from "./arguments.ts";
import { labelFolders } from "./label-folders.ts";
import { textsInFolder } from "./texts-in-folder.ts";

const fileSchema = z.looseObject({
  projectKind: z.unknown().optional(),
  metadata: z
    .looseObject({
      projectKind: z.unknown().optional(),
      language: z.string().optional().catch(undefined),
      multilingual: z.boolean().optional().catch(undefined),
    })
    .optional(),
  assets: z.looseObject({ projectKind: z.unknown().optional() }).optional(),
});

/** Standard output, which may become a labels file, and what is for people beside it. */
export interface Terminal {
  out: { write(text: string): unknown };
  err: { write(text: string): unknown };
}

/**
 * @returns exit code: 0 when the labels can be used, 1 when not
 * @throws Error whose message is for the person at the terminal
 */
export async function runLabels(args: readonly string[], terminal: Terminal): Promise<number> {
  const asked = readLabelsArguments(args);
  if (asked.command === "folders") return await folders(settled(asked, undefined), terminal);
  const { path } = asked;
  const value = await readFileAsJson(path);
  const given = settled(asked, value);
  const rules = rulesFor(given, value);
  const texts = given.texts === undefined ? undefined : textsInFolder(given.texts);
  const { labels, problems, usable } = await checkLabelsFile({ file: path, value }, rules, texts);
  if (given.command === "check") return report(problems, usable, terminal.out);
  if (labels === undefined || !usable) return report(problems, false, terminal.err);
  return await print(labels, problems, given, terminal);
}

async function folders(given: Settled, terminal: Terminal): Promise<number> {
  const { path, copyTo, preview } = given;
  const { labels, problems } = await labelFolders(path, rulesFor(given, undefined), copyTo);
  if (problems.hasErrors) return report(problems.all, false, terminal.err);
  const code = await print(labels, problems.all, given, terminal);
  if (copyTo !== undefined) terminal.err.write(`${labels.documents.length} texts copied to ${copyTo}.\n`);
  else if (!preview) terminal.err.write("The labels name copies of the texts: --copy-to DIR makes them.\n");
  return code;
}

async function print(
  labels: Labels,
  warnings: readonly LabelsProblem[],
  { out, format, language }: Settled,
  terminal: Terminal,
): Promise<number> {
  for (const warning of warnings) terminal.err.write(`${problemLine(warning)}\n`);
  const text = `${JSON.stringify(writeLabels(labels, format, language), null, 2)}\n`;
  if (out === undefined) {
    terminal.out.write(text);
    return 0;
  }
  await writeFile(out, text).catch((error: unknown) => {
    throw new Error(`Cannot write ${out}: ${error instanceof Error ? error.message : String(error)}`);
  });
  terminal.err.write(`${labels.documents.length} documents written to ${out}.\n`);
  return 0;
}

function report(problems: readonly LabelsProblem[], usable: boolean, to: Terminal["out"]): number {
  for (const problem of problems) to.write(`${problemLine(problem)}\n`);
  to.write(usable ? `The labels can be used (${problems.length} warnings).\n` : "The labels cannot be used.\n");
  return usable ? 0 : 1;
}

/** What was asked, with what only a whole project file says of itself. */
type Settled = LabelsArguments & { language: string };

function settled(asked: LabelsArguments, file: unknown): Settled {
  const { language = "en", multilingual = false } = fileSchema.safeParse(file).data?.metadata ?? {};
  return { ...asked, language: asked.language ?? language, multilingual: asked.multilingual || multilingual };
}

function rulesFor(given: Settled, file: unknown): LabelRules {
  return {
    kind: kindOf(given.kind, file),
    wire: given.preview ? "preview" : "current",
    language: given.language,
    multilingual: given.multilingual,
    split: given.manual ? "manual" : "percentage",
    atRoot: !given.preview,
  };
}

async function readFileAsJson(path: string): Promise<unknown> {
  const { value, problems } = readJson(await readNamedFile(path, "Name a labels file."));
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
