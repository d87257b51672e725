import { z } from "zod";
import { TASK_KINDS, type TaskKind } from "../analysis.ts";
import { lenientErrorSchema } from "../errors/language-error.ts";
import type { JobPage, TaskItem, TaskPointer } from "../generation.ts";

/** A point in time as the service wrote it; what is none counts as missing. */
const dateSchema = z
  .string()
  .refine((text) => !Number.isNaN(Date.parse(text)))
  .optional()
  .catch(undefined);

const wordSchema = z.string().optional().catch(undefined);

/** Entries of a list; one that stands alone counts as a list of it, so that nothing goes unread for its form. */
const listSchema = z
  .unknown()
  .optional()
  .transform((value) => (Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]));

/**
 * What the state of a job holds in every generation. The service spells the date of the last change in two ways, and
 * errors come as a list, or one by itself.
 */
export const jobFields = {
  jobId: z.string(),
  status: z.string(),
  createdDateTime: dateSchema,
  lastUpdatedDateTime: dateSchema,
  lastUpdateDateTime: dateSchema,
  expirationDateTime: dateSchema,
  errors: listSchema.pipe(z.array(lenientErrorSchema)),
  error: lenientErrorSchema.nullish(),
};

const jobSchema = z.object(jobFields);

/** What a page says of the job itself. */
export function readJob(job: z.output<typeof jobSchema>): Omit<JobPage, "items" | "nextLink"> {
  const errors = job.error ? [...job.errors, job.error] : job.errors;
  return {
    jobId: job.jobId,
    status: job.status,
    createdDateTime: job.createdDateTime,
    lastUpdatedDateTime: job.lastUpdatedDateTime ?? job.lastUpdateDateTime,
    expirationDateTime: job.expirationDateTime,
    errors: errors.map((error) => ({ error, task: taskPointer(error.target) })),
  };
}

/** `#/tasks/items/2` is the third task asked, `#/tasks/keyPhraseExtractionTasks/0` the first of those of that list. */
function taskPointer(target = ""): TaskPointer | undefined {
  const [, list, digits] = /(?:^|\/)tasks\/(?:tasks\/)?(\w+)\/(\d+)(?:\/|$)/.exec(target) ?? [];
  if (list === undefined) return undefined;
  if (list === "items") return { index: Number(digits) };
  const kind = kindNamed(list);
  return kind === undefined ? undefined : { index: Number(digits), kind };
}

/** Words of a name that tell no kind from another: `CustomMultiLabelClassificationLROResults`, `customMultiClassificationTasks`. */
const NOISE: ReadonlySet<string> = new Set(["label", "named", "task", "tasks", "lro", "results"]);

/** The words that tell, in an order of ours: `entityRecognitionPiiTasks` and `PiiEntityRecognition` have the same. */
function tellingWords(name: string): string {
  const words = name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? [];
  return words
    .map((word) => word.toLowerCase())
    .filter((word) => !NOISE.has(word))
    .sort()
    .join(" ");
}

const KINDS: ReadonlyMap<string, TaskKind> = new Map<string, TaskKind>([
  ...TASK_KINDS.map((kind) => [tellingWords(kind), kind] as const),
  // v3.1-preview.ct.1, whose other list is that of several labels.
  [tellingWords("customClassificationTasks"), "CustomSingleLabelClassification"],
]);

/** The kind of task that results, or a list of tasks, are named after; undefined for one unknown to us. */
export function kindNamed(name: string): TaskKind | undefined {
  return KINDS.get(tellingWords(name));
}

const itemSchema = z.looseObject({
  kind: wordSchema,
  taskName: wordSchema,
  /** v3.1-preview.ct.1, where it repeats the name of the job. */
  name: wordSchema,
  lastUpdateDateTime: z.unknown().optional(),
  /** v3.1, its previews and v3.2-preview.2 call the state `state`; v3.1-preview.3 leaves it out. */
  status: wordSchema,
  state: wordSchema,
  results: z.unknown().optional(),
});

const idSchema = z.union([z.string(), z.number().transform(String)]);
const documentSchema = z.looseObject({ id: idSchema });
/** An error without a document's id is about no document more than about another. */
const refusalSchema = z
  .looseObject({ id: idSchema.catch(""), error: lenientErrorSchema })
  .catch(() => ({ id: "", error: { code: "Unknown", message: "" } }));

const resultsSchema = z.looseObject({
  documents: z.array(z.unknown()).optional().catch(undefined),
  errors: listSchema.pipe(z.array(refusalSchema)),
  statistics: z.record(z.string(), z.unknown()).optional().catch(undefined),
});

/**
 * Reads what a page says of one task, as far as it can be read: what cannot be is told in `unreadable`, since it has been
 * paid for. What stands in a document is read later, one document at a time.
 * @param kind where the entry's place tells it; otherwise the entry does
 */
export function readItem(entry: unknown, kind?: TaskKind): TaskItem {
  const item = itemSchema.safeParse(entry);
  if (!item.success) return { kind, documents: [], errors: [], about: {}, unreadable: "its entry is no object" };
  const { kind: named, taskName, name, lastUpdateDateTime: _, status, state, results, ...rest } = item.data;
  const read = resultsSchema.safeParse(results).data;
  const { documents, errors = [], statistics, ...about } = read ?? {};
  const parsed = documents?.map((document) => documentSchema.safeParse(document).data) ?? [];
  return {
    name: taskName ?? name,
    kind: kind ?? (named === undefined ? undefined : kindNamed(named)),
    status: status ?? state ?? (read && "succeeded"),
    documents: parsed.flatMap((document) => document ?? []),
    errors,
    statistics,
    about: { ...rest, ...about },
    unreadable: fault(read, parsed.indexOf(undefined)),
  };
}

/** @param strange the place of the first document that names none, or -1 */
function fault(results: z.output<typeof resultsSchema> | undefined, strange: number): string | undefined {
  if (results === undefined) return "it has no results";
  if (strange >= 0) return `results.documents[${strange}] names no document`;
  return results.documents === undefined && results.errors.length === 0 ? "its results list no documents" : undefined;
}
