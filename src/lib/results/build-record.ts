import type { DocumentInfo } from "../documents/document.ts";
import {
  countTextElements,
  STRING_INDEX_TYPES,
  type StringIndexType,
  toUtf16,
  type Utf16Converter,
} from "../documents/text-elements.ts";
import type { DocumentAnswer, Task } from "../language/analysis.ts";
import { textRecords } from "../language/limits.ts";
import type { ChunkOutcome, Fields, Placed } from "./merge/parts.ts";
import { documentPart, type FailureFile, type ResultFile, SCHEMA_VERSION, type TaskResult } from "./record.ts";
import { buildTaskResult } from "./task-result.ts";

/** A chunk as it was sent, and what each task said of it. */
export type AnsweredChunk = Placed<{ answers: readonly ChunkOutcome[] }>;

export interface RecordInput {
  pipeline: string;
  document: DocumentInfo;
  /** How often the document was sent to the service. */
  attempts: number;
  tasks: readonly Task[];
  /** In the order of the text. */
  chunks: readonly AnsweredChunk[];
  /** The service read the document itself: what it says of places is of its own reading, and stays as it came. */
  native?: boolean;
  jobs: readonly { jobId: string; apiVersion: string; createdDateTime: string; lastUpdatedDateTime: string }[];
}

/**
 * Makes the record of a document that the service has answered: a result when at least one task succeeded, otherwise a
 * failure record. The same input gives the same record: times are the jobs' own.
 */
export function buildRecord(input: RecordInput): ResultFile | FailureFile {
  const { pipeline, document, attempts } = input;
  const tasks = taskResultsOf(input);
  const head = { schemaVersion: SCHEMA_VERSION, pipeline } as const;
  const about = documentPart({ ...document, chunks: input.chunks.length });
  const endedAt = latest(input);
  const failed = tasks.filter(({ status }) => status !== "succeeded");
  const [first] = failed;
  if (first !== undefined && failed.length === tasks.length) {
    const { code = "Unknown", message = "", hint = "", ...rest } = first.error ?? {};
    const error = { code, message, hint, source: "service", task: first.name, ...rest } as const;
    const more = tasks.length > 1 || input.chunks.length > 1 ? { tasks } : {};
    const usage = usageOf(input);
    const paid = usage.textRecords > 0 ? { usage } : {};
    return { ...head, status: "failed", document: about, error, ...more, attempts, ...paid, failedAt: endedAt };
  }
  const status = failed.length > 0 ? "partiallySucceeded" : "succeeded";
  return { ...head, status, document: about, tasks, jobs: jobsOf(input), usage: usageOf(input), completedAt: endedAt };
}

function jobsOf({ jobs }: RecordInput): ResultFile["jobs"] {
  return jobs.map(({ jobId, apiVersion, createdDateTime, lastUpdatedDateTime }) => {
    return { jobId, apiVersion, createdDateTime, lastUpdatedDateTime };
  });
}

/** The record of a partially succeeded result after the tasks of the input were asked again. */
export function buildAgain(before: ResultFile, input: RecordInput): ResultFile {
  const endedAt = input.jobs.length === 0 ? before.completedAt : latest(input);
  return mergeAgain(before, { tasks: taskResultsOf(input), jobs: jobsOf(input), usage: usageOf(input), endedAt });
}

/** What each task said. */
function taskResultsOf(input: Pick<RecordInput, "tasks" | "chunks" | "native">): TaskResult[] {
  const outcomes = outcomesByTask(input);
  return input.tasks.map((task, index) => buildTaskResult(task, outcomes[index] ?? []));
}

/** For each task, how it ended for each chunk. A chunk's text is measured once for all tasks. */
function outcomesByTask({
  tasks,
  chunks,
  native = false,
}: Pick<RecordInput, "tasks" | "chunks" | "native">): Placed<ChunkOutcome>[][] {
  const outcomes: Placed<ChunkOutcome>[][] = tasks.map(() => []);
  for (const chunk of chunks) {
    const converters = new Map<StringIndexType, ReturnType<typeof toUtf16>>();
    for (const [index, task] of tasks.entries()) {
      const unit = unitOf(task);
      const units = converters.get(unit) ?? toUtf16(chunk.text, unit);
      converters.set(unit, units);
      outcomes[index]?.push(outcomeOf(task, chunk, native ? undefined : units));
    }
  }
  return outcomes;
}

function outcomeOf(
  task: Task,
  chunk: AnsweredChunk,
  units: ReturnType<typeof toUtf16> | undefined,
): Placed<ChunkOutcome> {
  const { answers, ...place } = chunk;
  const found = answers.find((outcome) => outcome.task === task.name);
  const { about = {}, answer, status = "failed" } = found ?? {};
  if (answer !== undefined && status === "succeeded") {
    return { ...place, task: task.name, status, about, answer: units ? locate(answer, chunk, units) : answer };
  }
  const error = found?.error ?? {
    code: "MissingAnswer",
    message: `The service ended the job without an answer of task "${task.name}" for this document`,
  };
  return { ...place, task: task.name, status: status === "cancelled" ? status : "failed", about, error };
}

/** The answer with its spans where they stand in the document. */
function locate(answer: DocumentAnswer, chunk: AnsweredChunk, units: ReturnType<typeof toUtf16>): DocumentAnswer {
  const { content, mismatches } = locateSpans(answer.content, chunk, units);
  if (mismatches === 0) return { ...answer, content };
  const mismatch = {
    code: "OffsetMismatch",
    message: `${mismatches} of the places that the service named hold another text than it quoted; they are kept as it gave them`,
  };
  return { ...answer, content, warnings: [...answer.warnings, mismatch] };
}

function unitOf({ parameters }: Task): StringIndexType {
  return STRING_INDEX_TYPES.find((type) => type === parameters.stringIndexType) ?? "Utf16CodeUnit";
}

export function usageOf({ chunks, document }: Pick<RecordInput, "chunks" | "document">): ResultFile["usage"] {
  const tasks = [...textRecordsByTask(chunks).values()];
  const estimated = tasks.some((task) => task.estimated);
  const ofTasks = tasks.reduce((sum, { records }) => sum + records, 0);
  // Its beginning was sent once more, to find out the language.
  const languageDetection = document.detectedLanguage === undefined ? 0 : 1;
  return {
    textRecords: ofTasks + languageDetection,
    ...(languageDetection > 0 && { languageDetection }),
    ...(estimated && { estimated }),
  };
}

/** What each task's answers are billed as. An answer that could not be read was paid for as well. */
export function textRecordsByTask(
  chunks: readonly AnsweredChunk[],
): ReadonlyMap<string, { records: number; estimated: boolean }> {
  const byTask = new Map<string, { records: number; estimated: boolean }>();
  for (const { answers, text } of chunks) {
    for (const { task, answer, error } of answers) {
      if (answer === undefined && error?.answer === undefined) continue;
      const { records, estimated } = byTask.get(task) ?? { records: 0, estimated: false };
      const billed = answer?.statistics?.transactionsCount ?? textRecords(countTextElements(text));
      byTask.set(task, { records: records + billed, estimated: estimated || answer?.statistics === undefined });
    }
  }
  return byTask;
}

/** When the last of the jobs changed last, as the service wrote it. */
function latest({ jobs, document }: Pick<RecordInput, "jobs" | "document">): string {
  const times = jobs
    .map(({ lastUpdatedDateTime }) => lastUpdatedDateTime)
    .filter((time) => !Number.isNaN(Date.parse(time)));
  const last = times.reduce<string | undefined>(
    (best, time) => (best === undefined || Date.parse(time) > Date.parse(best) ? time : best),
    undefined,
  );
  return last ?? document.lastModified ?? new Date(0).toISOString();
}

/** What tasks said that were asked again. */
interface AskedAgain {
  tasks: readonly TaskResult[];
  jobs: ResultFile["jobs"];
  usage: ResultFile["usage"];
  /** ISO 8601. */
  endedAt: string;
}

/**
 * A partially succeeded result after its failed tasks were asked again: what they say now stands in the place of what they
 * said, the rest is as it was. Of the same two always the same, so that it can be made twice.
 */
function mergeAgain(before: ResultFile, { tasks, jobs, usage, endedAt }: AskedAgain): ResultFile {
  const merged = before.tasks.map((task) => tasks.find(({ name }) => name === task.name) ?? task);
  const isWhole = merged.every(({ status }) => status === "succeeded");
  const estimated = before.usage.estimated || usage.estimated;
  return {
    ...before,
    status: isWhole ? "succeeded" : "partiallySucceeded",
    tasks: merged,
    jobs: [...before.jobs, ...jobs.filter(({ jobId }) => before.jobs.every((job) => job.jobId !== jobId))],
    usage: {
      ...before.usage,
      textRecords: before.usage.textRecords + usage.textRecords,
      ...(estimated && { estimated }),
    },
    completedAt: Date.parse(endedAt) > Date.parse(before.completedAt) ? endedAt : before.completedAt,
  };
}

export interface Located {
  content: Fields;
  /** How many spans bear a text that is not the document's text at their place. */
  mismatches: number;
}

/** Holds offsets, if any, in a system of its own (FHIR): left as it came. */
const FOREIGN = "fhirBundle";

/**
 * Moves every span of an answer (any object with `offset` and `length`, however deep: entities, sentences, targets,
 * assessments, matches, contexts) from the units that the task asked for and the chunk it is in, to UTF-16 code units of
 * the whole document. `maskOffset` and `maskLength` of personal data, from 2024-11-15-preview on, are places in the
 * answer's `redactedText` and stay there, in UTF-16 code units too.
 */
export function locateSpans(content: Fields, chunk: { offset: number; text: string }, units: Utf16Converter): Located {
  let mismatches = 0;
  const { redactedText } = content;
  const maskUnits = typeof redactedText === "string" ? toUtf16(redactedText, units.unit) : undefined;
  const located = moveFields(content);
  return { content: located, mismatches };

  function move(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(move);
    return typeof value === "object" && value !== null ? moveFields(value as Fields) : value;
  }

  function moveFields(fields: Fields): Fields {
    const moved: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(fields)) moved[key] = key === FOREIGN ? value : move(value);
    const { offset, length, text, maskOffset, maskLength } = fields;
    if (typeof offset === "number" && typeof length === "number") {
      const start = units.offset(offset);
      const end = units.offset(offset + length);
      moved.offset = chunk.offset + start;
      moved.length = end - start;
      if (typeof text === "string" && text !== chunk.text.slice(start, end)) mismatches++;
    }
    if (maskUnits !== undefined && typeof maskOffset === "number" && typeof maskLength === "number") {
      moved.maskOffset = maskUnits.offset(maskOffset);
      moved.maskLength = maskUnits.offset(maskOffset + maskLength) - maskUnits.offset(maskOffset);
    }
    return moved;
  }
}
