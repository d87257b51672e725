import { z } from "zod";
import type { SettingsProblem } from "../common/problems.ts";
import type { JobOptions, Task, TaskKind } from "../language/analysis.ts";
import { type Glob, parseGlob } from "./glob.ts";

/** A named rule, as parsed from `pipelines.json`: which documents, which tasks, which Language resource, which limits. */
export interface Pipeline extends JobOptions {
  /** Lower-case letters, digits, single hyphens; at most 40 characters (it is part of a queue name). */
  name: string;
  /** Glob on the blob name. */
  match: string;
  /** A dated version of the current wire, or `v3.1-preview.ct.1`, `v3.2-preview.2`. */
  apiVersion: string;
  /** Sent with each document; absent: the service's default. */
  language?: string | undefined;
  tasks: readonly Task[];
  /** The encoding that all documents are in; absent: it is told from each. */
  encoding?: string | undefined;
  /** True: the text that a PII task redacted is written beside the result as well. */
  redactedCopies?: boolean | undefined;
  /** Its documents are files of rows, each row analysed as a document is; absent: they are texts. */
  rows?: RowSettings | undefined;
  /** Where in a JSON file the text is: a JSON pointer, or the name of a field; absent: JSON is analysed as it stands. */
  json?: { text: string } | undefined;
  /** What becomes of files attached to messages: `listed` in the text of the message, or `documents` of their own too. */
  attachments?: "listed" | "documents" | undefined;
  /** A document that would be billed as more text records is refused; absent: the app setting MAX_TEXT_RECORDS_PER_DOCUMENT. */
  maxTextRecordsPerDocument?: number | undefined;
  /** What the pipeline may send in a day (UTC); absent: the app setting MAX_TEXT_RECORDS_PER_DAY. */
  maxTextRecordsPerDay?: number | undefined;
  /** Language resource; absent: the app setting LANGUAGE_ENDPOINT. */
  endpoint?: string | undefined;
  /** Several Language resources that share the work, in place of `endpoint`. */
  endpoints?: readonly Resource[] | undefined;
  /** How many batches may be under way at once, at the most. */
  lanes: number;
  /** How long a document may wait for others to fill its job. */
  maxWaitSeconds: number;
}

/** The `language` of a pipeline whose documents' languages are found out before they are sent. */
export const DETECT = "detect";

/** The language that a pipeline states for all of its documents; undefined: none, or each has its own found out. */
export function statedLanguage({ language }: Pick<Pipeline, "language">): string | undefined {
  return language === DETECT ? undefined : language;
}

/** One of a pipeline's Language resources. */
export interface Resource {
  endpoint: string;
  /** App setting that holds its key; absent: Microsoft Entra ID. */
  keySetting?: string | undefined;
}

/** A task without a name is called by its kind in camelCase. */
export function defaultTaskName(kind: TaskKind): string {
  return `${kind.charAt(0).toLowerCase()}${kind.slice(1)}`;
}

const globs = new WeakMap<Pipeline, Glob>();

/** The pipelines that a document belongs to, in the order of the file; a document may belong to several. */
export function matchPipelines(pipelines: readonly Pipeline[], documentName: string): Pipeline[] {
  return pipelines.filter((pipeline) => globOf(pipeline)(documentName));
}

function globOf(pipeline: Pipeline): Glob {
  const glob = globs.get(pipeline) ?? parseGlob(pipeline.match) ?? (() => false);
  globs.set(pipeline, glob);
  return glob;
}

/** The Language resources that pipelines name among several. */
export function resourcesOf(pipelines: readonly Pipeline[]): Resource[] {
  return pipelines.flatMap(({ endpoints = [] }) => endpoints);
}

/**
 * Settings that a pipeline names for a key, and that are not there.
 * @param keys by the app setting that holds each
 */
export function missingKeys(keys: Readonly<Record<string, string>>, pipelines: readonly Pipeline[]): SettingsProblem[] {
  const named = new Set(resourcesOf(pipelines).flatMap(({ keySetting }) => keySetting ?? []));
  return [...named].flatMap((name) => {
    if (keys[name] !== undefined) return [];
    const hint = "Set it, or take keySetting away to let the application sign in with Microsoft Entra ID.";
    return [{ where: name, found: "nothing", expected: "the key that a pipeline's keySetting names", hint }];
  });
}

const COLUMN_EXPECTED = "the name of a column (or of a field of a JSON line), or a column's number from 1 on";
const DELIMITER_EXPECTED = 'one ASCII character between two fields, for example ";" or "\\t"';
const QUOTE_EXPECTED = 'one ASCII character around a field, or "" where none has a meaning';
/** A part is a lane's batch: its rows are in memory together, and in one file of results. */
const PART = { min: 25, max: 5_000, default: 500 };
const PART_EXPECTED = `a whole number of rows from ${PART.min} to ${PART.max}`;

const columnSchema = z.union(
  [z.string({ error: COLUMN_EXPECTED }).min(1).max(500), z.int({ error: COLUMN_EXPECTED }).min(1).max(10_000)],
  { error: COLUMN_EXPECTED },
);

/** `rows` of a pipeline: each of its documents is a file of rows, and each row is analysed as a document is. */
export const rowSettingsSchema = z
  .strictObject(
    {
      text: columnSchema.describe("Column that holds the text of a row; in JSON lines a field, or a path like a.b."),
      id: columnSchema
        .describe("Column that names a row; absent: a row is known by its text alone when a file is dropped again.")
        .optional(),
      delimiter: z
        .string({ error: DELIMITER_EXPECTED })
        .regex(/^[\t -~]$/, { error: DELIMITER_EXPECTED })
        .describe("Character between two fields of a CSV file; absent: it is found out.")
        .optional(),
      quote: z
        .string({ error: QUOTE_EXPECTED })
        .regex(/^[!-~]?$/, { error: QUOTE_EXPECTED })
        .describe('Character around a field of a CSV file; "": none.')
        .default('"'),
      header: z
        .boolean({ error: "true or false" })
        .describe("Whether the first line of a CSV file names its columns.")
        .default(true),
      rowsPerPart: z
        .int({ error: PART_EXPECTED })
        .min(PART.min, { error: PART_EXPECTED })
        .max(PART.max, { error: PART_EXPECTED })
        .describe("Rows of one part of a file: what a lane takes at a time, and one file of results.")
        .default(PART.default),
      unchanged: z
        .enum(["keep", "analyse"], { error: '"keep" or "analyse"' })
        .describe("What becomes of rows that are the same in a file that is dropped again: their results stay, or not.")
        .default("keep"),
    },
    { error: "an object with text, the column that holds a row's text" },
  )
  .superRefine(({ header, text, id }, context) => {
    if (header) return;
    for (const [key, column] of Object.entries({ text, id })) {
      if (typeof column !== "string") continue;
      context.addIssue({ code: "custom", path: [key], message: "the number of a column, since header is false" });
    }
  });

/** How the rows of a pipeline's files are read and cut. */
export type RowSettings = z.output<typeof rowSettingsSchema>;
