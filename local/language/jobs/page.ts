import type { ErrorBody } from "../http/service-error.ts";
import { textRecords } from "../limits.ts";
import type { AnsweredDocument, Job, JobTask } from "./job.ts";

/** Which documents of each task an answer shows. */
export interface PageRequest {
  top: number;
  skip: number;
  showStats: boolean;
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
  const documents = valid.map((document, index) => ({
    id: document.id,
    ...(page.showStats ? { statistics: documentStatistics(document) } : {}),
    ...withExtras(placeRefs(shape(document.content ?? {}), index), extraFields),
    warnings: document.warnings,
    ...extraFields,
  }));
  const errors = slice.flatMap(({ id, error }) => (error === undefined ? [] : [{ id, error }]));
  const transactionsCount = valid.reduce((sum, { characters }) => sum + textRecords(characters), 0);
  return {
    documents,
    errors,
    statistics: {
      documentsCount: slice.length,
      validDocumentsCount: valid.length,
      erroneousDocumentsCount: errors.length,
      transactionsCount,
    },
  };
}

/** Where the next page starts and how long it is; undefined on the last one. */
export function nextPage(job: Job, page: PageRequest): { top: number; skip: number } | undefined {
  const skip = page.skip + page.top;
  const remaining = Math.max(...job.tasks.map(({ documents }) => documents.length)) - skip;
  return remaining > 0 ? { top: Math.min(remaining, page.top), skip } : undefined;
}

function documentStatistics({ characters }: AnsweredDocument): object {
  return { charactersCount: characters, transactionsCount: textRecords(characters) };
}

function placeRefs(value: unknown, document: number): unknown {
  if (Array.isArray(value)) return value.map((item) => placeRefs(item, document));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === "ref" && typeof item === "string"
        ? item.replace("{document}", String(document))
        : placeRefs(item, document),
    ]),
  );
}

/** Adds the scenario's unknown fields to the objects in a document's lists (entities, sentences, …). */
function withExtras(content: unknown, extraFields: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(
    Object.entries(content as object).map(([key, value]) => [
      key,
      Array.isArray(value)
        ? value.map((item) => (typeof item === "object" && item !== null ? { ...item, ...extraFields } : item))
        : value,
    ]),
  );
}
