import { isAbsolute, relative, resolve } from "node:path";
import { z } from "zod";
import { readCommand, withUsage } from "../../dev/command-line.ts";
import type { WritableFormat } from "../../src/lib/labels/formats/formats.ts";

const USAGE = `npm run labels -- <command> <file or folder> [options]

  check <file>      report everything that is wrong with a labels file
  convert <file>    write the labels in another format
  folders <folder>  write labels made from folders (folder name = class), each text under the name of its copy at the
                    root of the container, where the service looks for it; with --preview under its path

  --out FILE        where to write; default: standard output, of use with npm run --silent only
  --copy-to DIR     folders: copy the texts into this folder, under the names in the labels
  --kind KIND       kind of the project, where the file does not say it
  --texts FOLDER    check, convert: the training texts, to check them as well
  --language CODE   of the project; default what the file says, else en
  --multilingual    the texts are in several languages; not needed when the file says so
  --manual          the documents say themselves whether they are for the test
  --preview         by the rules of authoring v1.0-preview.2
  --to FORMAT       assets (default), indexed-tags (v1.0-preview.2) or named-tags (previews from November 2021 on)`;

const OPTIONS = {
  out: { type: "string" },
  "copy-to": { type: "string" },
  kind: { type: "string" },
  texts: { type: "string" },
  language: { type: "string" },
  multilingual: { type: "boolean", default: false },
  manual: { type: "boolean", default: false },
  preview: { type: "boolean", default: false },
  to: { type: "string", default: "assets" },
} as const;

const COMMANDS = ["check", "convert", "folders"] as const;
const formatSchema = z.enum(["assets", "indexed-tags", "named-tags"]);

export interface LabelsArguments {
  command: (typeof COMMANDS)[number];
  /** The labels file; for `folders` the folder of the texts. */
  path: string;
  out: string | undefined;
  copyTo: string | undefined;
  kind: string | undefined;
  texts: string | undefined;
  /** Undefined: what the file says, else English. */
  language: string | undefined;
  multilingual: boolean;
  manual: boolean;
  preview: boolean;
  format: WritableFormat;
}

/** @throws UsageError */
export function readLabelsArguments(args: readonly string[]): LabelsArguments {
  return withUsage(USAGE, () => toArguments(readCommand(USAGE, OPTIONS, args)));
}

function toArguments({ values, positionals }: ReturnType<typeof readCommand<typeof OPTIONS>>): LabelsArguments {
  const [name, path = "", ...rest] = positionals;
  const command = COMMANDS.find((known) => known === name);
  if (command === undefined) throw new Error(`Which command? ${COMMANDS.join(", ")}`);
  if (path === "" || rest.length > 0) throw new Error(`Name one file or folder: npm run labels -- ${command} <path>`);
  const format = formatSchema.safeParse(values.to).data;
  if (format === undefined) throw new Error(`--to must be one of ${formatSchema.options.join(", ")}`);
  const { "copy-to": copyTo, to: _, ...others } = values;
  if (others.out !== undefined && command === "check") throw new Error("--out is for convert and folders");
  if (copyTo !== undefined) checkCopyTo(copyTo, path, command);
  return {
    command,
    path,
    copyTo,
    format,
    out: undefined,
    kind: undefined,
    texts: undefined,
    language: undefined,
    ...others,
  };
}

/** Copies in a folder below the texts would be a class of their own the next time. */
function checkCopyTo(copyTo: string, path: string, command: string): void {
  if (command !== "folders") throw new Error("--copy-to is for folders");
  const below = relative(resolve(path), resolve(copyTo));
  if (below === "" || below === ".." || /^\.\.[\\/]/.test(below) || isAbsolute(below)) return;
  throw new Error(`--copy-to must not be a folder in ${path}: it would be taken for a class`);
}
