import pMap from "p-map";
import { oneAtATime } from "../../common/one-at-a-time.ts";
import type { DocumentInfo } from "../../documents/document.ts";
import { isNative } from "../../language/api-versions.ts";
import { buildAgain, buildRecord, textRecordsByTask, usageOf } from "../../results/build-record.ts";
import type { ChunkOutcome } from "../../results/merge/parts.ts";
import { publishRecord } from "../../results/publish-record.ts";
import { buildFailure, type FailureFile, type FailureInput, type ResultFile } from "../../results/record.ts";
import { redactedCopies, type Sidecar, withAnalysedText } from "../../results/sidecar.ts";
import { finalHint } from "../../results/task-result.ts";
import { lineOf } from "../../rows/stored-part.ts";
import { addTaskUsage, type TaskUsage } from "../../usage/counters.ts";
import type { LaneSession } from "../lane-session.ts";
import type { BatchJob, Progress } from "../store/batch-progress.ts";
import { readDocumentText } from "../store/document-texts.ts";
import { readBefore } from "../store/result-before.ts";
import { type JobAnswers, type JobFacts, readAnswers, readTexts, storeAnswers } from "../store/stored-jobs.ts";
import { traceAnalysis, traceRecord } from "../trace-documents.ts";
import { publishOrDefer } from "./deferred-records.ts";
import { jobName, type PlacedLine, storeRowLines } from "./finish-parts.ts";
import { readNativeFiles } from "./native-documents.ts";

/** Records written at a time. */
const CONCURRENCY = 8;

/**
 * Ends a job: publishes each of its documents whose other jobs are over too, and stores the answers for the rest. The
 * caller saves the progress afterwards; if the process dies before that, the same is done again, with the same bytes.
 */
export async function finishJob(session: LaneSession, job: BatchJob, answers: JobAnswers): Promise<void> {
  job.state = "done";
  const jobsOf = jobsByDocument(session.progress);
  const touched = [...new Set(job.chunks.map(documentOf))];
  const complete = touched.filter((document) => jobsOf.get(document)?.every(({ state }) => state === "done"));
  if (complete.length < touched.length) {
    await storeAnswers(session, job.id, answers);
    job.kept = true;
  }
  const sources = new Sources(session, job.id, answers);
  const publish = (document: number) => publishDocument(sources, document, jobsOf.get(document) ?? []);
  await pMap(
    complete,
    (document) => ((jobsOf.get(document)?.length ?? 0) > 1 ? oneAtATime(() => publish(document)) : publish(document)),
    { concurrency: CONCURRENCY },
  );
  if (sources.lines.length > 0) await storeRowLines(session, jobName(job.id), sources.lines);
}

function jobsByDocument({ jobs }: Progress): Map<number, BatchJob[]> {
  const found = new Map<number, BatchJob[]>();
  for (const job of jobs) {
    for (const document of new Set(job.chunks.map(documentOf))) {
      found.set(document, [...(found.get(document) ?? []), job]);
    }
  }
  return found;
}

function documentOf(chunk: string): number {
  return Number.parseInt(chunk, 10);
}

/** Reads each stored answer and text once, however many documents need it. */
class Sources {
  readonly session: LaneSession;
  /** How the rows among the documents ended. */
  readonly lines: PlacedLine[] = [];
  readonly #answers: Map<string, Promise<JobAnswers>>;
  readonly #texts = new Map<string, Promise<Map<string, string>>>();

  /** @param answers of the job, which are not stored (yet) */
  constructor(session: LaneSession, job: string, answers: JobAnswers) {
    this.session = session;
    this.#answers = new Map([[job, Promise.resolve(answers)]]);
  }

  answers(job: BatchJob): Promise<JobAnswers> {
    return once(this.#answers, job.id, () => readAnswers(this.session, job.id));
  }

  async text(job: BatchJob, chunk: string): Promise<string> {
    const texts = await once(this.#texts, job.id, async () => {
      const documents = await readTexts(this.session, job);
      return new Map(documents.map(({ id, text }) => [id, text]));
    });
    return texts.get(chunk) ?? "";
  }
}

function once<T>(cache: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const made = make();
  cache.set(key, made);
  return made;
}

/** Writes the record of a document, from what all of its jobs said. */
async function publishDocument(sources: Sources, number: number, jobs: readonly BatchJob[]): Promise<void> {
  const { session } = sources;
  const { context, batch, progress } = session;
  const { pipeline, log } = context;
  const document = batch.documents[number];
  if (document === undefined) throw new Error(`Batch ${batch.id} has no document ${number}`);
  const from = context.now();
  if (document.row === undefined) traceAnalysis(session, document.info.name, jobs);
  const facts = new Map<string, JobFacts>();
  const chunks = [];
  let attempts = 1;
  let at = "";
  let language: JobAnswers["language"];
  for (const [index, { offset, length }] of document.chunks.entries()) {
    const chunk = `${number}-${index}`;
    const asked = jobs.filter((job) => job.chunks.includes(chunk));
    const [first] = asked;
    if (first === undefined) throw new Error(`Batch ${batch.id} has no job for chunk ${chunk}`);
    const outcomes = new Map<string, ChunkOutcome>();
    for (const job of asked) {
      const answers = await sources.answers(job);
      if (answers.job !== undefined) facts.set(answers.job.jobId, answers.job);
      attempts = Math.max(attempts, answers.attempts);
      if (answers.at > at) at = answers.at;
      if (answers.language !== undefined) language = answers.language;
      // A later job asked again what failed in an earlier one.
      for (const outcome of answers.chunks[chunk] ?? []) outcomes.set(outcome.task, outcome);
    }
    chunks.push({ offset, length, text: await sources.text(first, chunk), answers: [...outcomes.values()] });
  }

  const { again, partial: wasPartial, failedTasks, unfailed: looksLater, row } = document;
  const wanted = pipeline.tasks.filter(({ name }) => failedTasks === undefined || failedTasks.includes(name));
  const tasks = jobs[0]?.ticket?.tasks ?? wanted;
  const native = isNative(pipeline.apiVersion);
  const files = native ? await readNativeFiles(session, document.info, chunks) : [];
  const info = inLanguage(document.info, language);
  const { error, task } = chunks[0]?.answers[0] ?? {};
  if (facts.size === 0 && error !== undefined && failedTasks === undefined) {
    const { code, message } = error;
    const failure = {
      code,
      message,
      hint: finalHint(code),
      source: "service",
      ...(task !== undefined && { task }),
    } as const;
    if (row === undefined)
      await publishFailure(session, info, { ...failure, attempts, failedAt: at, again, wasPartial, defer: true });
    else {
      const about = { pipeline: pipeline.name, document: info, error: failure, attempts, failedAt: at };
      sources.lines.push(lineOf(row, buildFailure(about)));
    }
    progress.published.failed++;
    countTasks(progress, tasks, () => ({ failed: 1, textRecords: 0 }));
    return;
  }
  const input = { pipeline: pipeline.name, document: info, attempts, tasks, chunks, jobs: [...facts.values()], native };
  const record =
    failedTasks === undefined ? buildRecord(input) : buildAgain(await readBefore(session, info.name), input);
  if (row !== undefined) sources.lines.push(lineOf(row, record));
  else {
    const beside = await besideResult(session, number, { record, sidecars: files });
    await publishOrDefer(session, { ...beside, again, wasPartial, looksLater });
  }
  const { status } = record;
  const { textRecords, languageDetection } = usageOf(input);
  progress.published[status]++;
  progress.published.textRecords += textRecords;
  const billed = textRecordsByTask(chunks);
  countTasks(progress, tasks, (task) => {
    const isAnswered = record.tasks?.some(({ name, status: ended }) => name === task && ended === "succeeded") ?? false;
    return { failed: isAnswered ? 0 : 1, textRecords: billed.get(task)?.records ?? 0 };
  });
  if (typeof languageDetection === "number") {
    const detection = { kind: "LanguageDetection", name: "languageDetection" };
    countTasks(progress, [detection], () => ({ failed: 0, textRecords: languageDetection }));
  }
  // The end of a row is told with that of its file.
  if (row !== undefined) return;
  const told = { pipeline: pipeline.name, document: document.info.name };
  traceRecord(session, told.document, { outcome: status, from });
  if (status === "failed")
    log({ event: "document.failed", ...told, code: record.error.code, source: record.error.source });
  else log({ event: "document.succeeded", ...told, status, textRecords });
}

/** Counts what a document came to in each of its tasks. */
function countTasks(
  { published }: Progress,
  tasks: readonly { name: string; kind: string }[],
  cameTo: (task: string) => Pick<TaskUsage, "failed" | "textRecords">,
): void {
  for (const { name, kind } of tasks) {
    const added = { kind, documents: 1, calls: 0, throttles: 0, ...cameTo(name) };
    published.tasks[name] = addTaskUsage(published.tasks[name], added);
  }
}

interface WithSidecars {
  record: ResultFile | FailureFile;
  sidecars: readonly Sidecar[];
}

/** The record, naming the files that are to stand beside it, and these files. */
async function besideResult(session: LaneSession, number: number, known: WithSidecars): Promise<WithSidecars> {
  const { record } = known;
  if (record.status === "failed") return known;
  const { containers, pipeline } = session.context;
  const { containerName } = containers.results;
  const isOwnText = session.batch.documents[number]?.text === undefined;
  const analysed = isOwnText ? undefined : await readDocumentText(session, number);
  const read = analysed ? withAnalysedText(record, analysed, containerName) : { record, sidecars: known.sidecars };
  if (!pipeline.redactedCopies) return read;
  const redacted = redactedCopies(read.record, containerName);
  return { record: redacted.record, sidecars: [...read.sidecars, ...redacted.sidecars] };
}

/** The settings may say another language by the time that a document is sent than when it was read. */
function inLanguage({ language: read, ...info }: DocumentInfo, told: JobAnswers["language"]): DocumentInfo {
  const language = told === undefined ? read : (told ?? undefined);
  return { ...info, ...(language === undefined ? {} : { language }) };
}

/** Why a document failed, and when. */
export type Failure = FailureInput["error"] &
  Pick<FailureInput, "attempts" | "failedAt"> & {
    /** The document was redriven: this replaces its earlier failure. */
    again?: boolean | undefined;
    /** Its earlier result was partial, and is marked so. */
    wasPartial?: boolean | undefined;
    /** The batch keeps the record for as long as the storage service refuses it; otherwise a refusal is thrown. */
    defer?: true;
  };

/**
 * Writes the failure record of a document and tells the operators.
 * @throws BlobRefusedError
 */
export async function publishFailure(session: LaneSession, document: DocumentInfo, failure: Failure): Promise<void> {
  const { attempts, failedAt, again, wasPartial, defer, ...error } = failure;
  const { pipeline, containers, log, tellEnd } = session.context;
  const from = session.context.now();
  const record = buildFailure({ pipeline: pipeline.name, document, error, attempts, failedAt });
  if (defer) await publishOrDefer(session, { record, again, wasPartial });
  else {
    const outcome = await publishRecord(containers, record, { again });
    await tellEnd?.(record, outcome);
  }
  const { code, source } = error;
  traceRecord(session, document.name, { outcome: "failed", code, from });
  log({ event: "document.failed", pipeline: pipeline.name, document: document.name, code, source });
}
