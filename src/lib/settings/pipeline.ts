import type { JobOptions, Task, TaskKind } from "../language/analysis.ts";
import { type Glob, parseGlob } from "./glob.ts";
import type { RowSettings } from "./row-settings.ts";

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
