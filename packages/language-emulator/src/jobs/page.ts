import { booleanParameter } from "../http/call.ts";
import { type ErrorBody, invalidRequest } from "../http/service-error.ts";
import { PAGE_SIZE, textRecords } from "../limits.ts";
import type { AnsweredDocument, Job, JobTask } from "./job.ts";
import type { Progress } from "./progress.ts";

/** Which documents of each task an answer shows. */
export interface PageRequest {
  top: number;
  skip: number;
  showStats: boolean;
}

/** A job as a client asks to see it. */
export interface JobView {
  job: Job;
  progress: Progress;
  page: PageRequest;
  /** The job's own, without a query. */
  address: string;
}

/** One page of a task's answer. */
export interface TaskPage {
  documents: Record<string, unknown>[];
  errors: { id: string; error: ErrorBody }[];
  statistics: PageStatistics;
}

/** Of this page only, as recorded: a reader adds them up. */
export interface PageStatistics {
  documentsCount: number;
  validDocumentsCount: number;
  erroneousDocumentsCount: number;
  transactionsCount: number;
}

/**
 * The page of a task's documents, those answered and those refused apart. Refs get the document's place on the page.
 * @param shape turns what the current wire says of a document into what the asked generation says
 */
export function taskPage(
  task: JobTask,
  page: PageRequest,
  extraFields: Readonly<Record<string, unknown>>,
  shape: (content: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>> = (content) => content,
): TaskPage {
  const slice = task.documents.slice(page.skip, page.skip + page.top);
  const valid = slice.filter((document) => document.content !== undefined);
  const documents = valid.map((document, index) => {
    const answer = {
      id: document.id,
      ...(page.showStats ? { statistics: documentStatistics(document) } : {}),
      ...placeRefs(shape(document.content ?? {}), index),
      warnings: document.warnings,
    };
    return withExtras(answer, extraFields);
  });
  const refused = slice.flatMap(({ id, error }) => (error === undefined ? [] : [{ id, error }]));
  const errors =
    task.errorId === undefined ? refused : refused.slice(0, 1).map(({ error }) => ({ id: task.errorId ?? "", error }));
  const transactionsCount = valid.reduce((sum, { characters }) => sum + textRecords(characters), 0);
  return {
    documents,
    errors,
    statistics: {
      documentsCount: slice.length,
      validDocumentsCount: valid.length,
      erroneousDocumentsCount: refused.length,
      transactionsCount,
    },
  };
}

/** Where the next page starts and how long it is; undefined on the last one. */
export function nextPage(job: Job, page: PageRequest): { top: number; skip: number } | undefined {
  const skip = page.skip + page.top;
  if (job.endlessPages) return { top: page.top, skip };
  const remaining = Math.max(...job.tasks.map(({ documents }) => documents.length)) - skip;
  return remaining > 0 ? { top: Math.min(remaining, page.top), skip } : undefined;
}

function documentStatistics({ characters }: AnsweredDocument): object {
  return { charactersCount: characters, transactionsCount: textRecords(characters) };
}

function placeRefs<T>(value: T, document: number): T {
  return mapObjects(value, (fields) =>
    typeof fields.ref === "string" ? { ...fields, ref: fields.ref.replace("{document}", String(document)) } : fields,
  );
}

/** Adds the scenario's unknown fields to every object of a document's answer. */
function withExtras<T>(answer: T, extraFields: Readonly<Record<string, unknown>>): T {
  if (Object.keys(extraFields).length === 0) return answer;
  return mapObjects(answer, (fields) => ({ ...fields, ...extraFields }));
}

/** A copy of a JSON value with every object in it changed, the innermost first. */
function mapObjects<T>(value: T, change: (fields: Record<string, unknown>) => Record<string, unknown>): T {
  if (Array.isArray(value)) return value.map((item) => mapObjects(item, change)) as T;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, mapObjects(item, change)]);
  return change(Object.fromEntries(entries)) as T;
}

/**
 * Reads `top`, `skip` and `showStats`. No bounds are documented: any positive `top` is served.
 * @param prefix `$` in the previews
 * @throws ServiceError 400 for what is not a number
 */
export function readPageRequest(query: URLSearchParams, prefix: "" | "$"): PageRequest {
  const number = (name: string, fallback: number, least: number): number => {
    const value = query.get(`${prefix}${name}`);
    if (value === null) return fallback;
    const parsed = /^\d+$/.test(value) ? Number.parseInt(value, 10) : Number.NaN;
    if (parsed >= least && parsed < 2 ** 31) return parsed;
    const message = `The value '${value}' of ${prefix}${name} is not valid. It must be an integer from ${least}.`;
    throw invalidRequest("Invalid parameter in request", "InvalidParameterValue", message);
  };
  const page = { top: number("top", PAGE_SIZE, 1), skip: number("skip", 0, 0) };
  return { ...page, showStats: booleanParameter(query, "showStats") };
}
