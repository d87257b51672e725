import pMap from "p-map";
import { z } from "zod";
import { alone } from "../../common/one-at-a-time.ts";
import type { DocumentInfo } from "../../documents/document.ts";
import { buildFailure, buildRecord, type FailureInput } from "../../results/build-record.ts";
import { publishRecord } from "../../results/publish-record.ts";
import { documentSchema, type FailureFile, type ResultFile, SCHEMA_VERSION } from "../../results/record.ts";
import { type ChunkOutcome, finalHint } from "../../results/task-result.ts";
import { deleteBlob, readText, writeText } from "../../storage/blobs.ts";
import { BlobRefusedError } from "../../storage/errors.ts";
import { parseStored } from "../../storage/versioned-json.ts";
import type { BatchContext } from "../lane-context.ts";
import { type JobAnswers, type JobFacts, keepAnswers, readAnswers } from "../policy/answers.ts";
import type { BatchJob, Progress } from "../store/batch-progress.ts";
import { type Manifest, workNames } from "../store/lane-file.ts";
import { readRequest } from "../store/stored-requests.ts";

/** Records written at a time. */
const CONCURRENCY = 8;

/**
 * Ends a job: publishes each of its documents whose other jobs are over too, and keeps the answers of the rest. The
 * caller writes the progress afterwards; if the process dies before that, the same is done again, with the same bytes.
 */
export async function settleJob(
  context: BatchContext,
  manifest: Manifest,
  progress: Progress,
  job: BatchJob,
  answers: JobAnswers,
): Promise<void> {
  job.state = "done";
  const owners = ownersOf(progress);
  const touched = [...new Set(job.chunks.map(documentOf))];
  const complete = touched.filter((document) => owners.get(document)?.every(({ state }) => state === "done"));
  if (complete.length < touched.length) {
    await keepAnswers(context.containers.work, manifest.batch, job.id, answers);
    job.kept = true;
  }
  const sources = new Sources(context, manifest, new Map([[job.id, answers]]));
  await pMap(
    complete,
    (document) => {
      const jobs = owners.get(document) ?? [];
      const end = () => publish(context, manifest, progress, document, jobs, sources);
      return jobs.length > 1 ? alone(end) : end();
    },
    { concurrency: CONCURRENCY },
  );
}

/** Reads each kept answer and stored text once, however many documents need it. */
class Sources {
  readonly #context: BatchContext;
  readonly #manifest: Manifest;
  readonly #answers = new Map<string, Promise<JobAnswers>>();
  readonly #texts = new Map<string, Promise<Map<string, string>>>();

  constructor(context: BatchContext, manifest: Manifest, known: Map<string, JobAnswers>) {
    this.#context = context;
    this.#manifest = manifest;
    for (const [job, answers] of known) this.#answers.set(job, Promise.resolve(answers));
  }

  answers(job: BatchJob): Promise<JobAnswers> {
    const { work } = this.#context.containers;
    return remember(this.#answers, job.id, () => readAnswers(work, this.#manifest.batch, job.id));
  }

  text(job: BatchJob, chunk: string): Promise<string> {
    const { work } = this.#context.containers;
    const texts = remember(this.#texts, job.id, async () => {
      const documents = await readRequest(work, this.#manifest.batch, job.request, job.chunks);
      return new Map(documents.map(({ id, text }) => [id, text]));
    });
    return texts.then((byChunk) => byChunk.get(chunk) ?? "");
  }
}

async function publish(
  context: BatchContext,
  manifest: Manifest,
  progress: Progress,
  number: number,
  owners: readonly BatchJob[],
  sources: Sources,
): Promise<void> {
  const { pipeline } = context;
  const document = manifest.documents[number];
  if (document === undefined) throw new Error(`Batch ${manifest.batch} has no document ${number}`);
  const jobs = new Map<string, JobFacts>();
  const chunks = [];
  let attempts = 1;
  let at = "";
  let language: JobAnswers["language"];
  for (const [index, span] of document.chunks.entries()) {
    const chunk = `${number}-${index}`;
    const asked = owners.filter((job) => job.chunks.includes(chunk));
    const [first] = asked;
    if (first === undefined) throw new Error(`Batch ${manifest.batch} has no job for chunk ${chunk}`);
    const outcomes = new Map<string, ChunkOutcome>();
    for (const owner of asked) {
      const answers = await sources.answers(owner);
      if (answers.job !== undefined) jobs.set(answers.job.jobId, answers.job);
      attempts = Math.max(attempts, answers.attempts);
      if (answers.at > at) at = answers.at;
      if (answers.language !== undefined) language = answers.language;
      // A later job asked again what failed in an earlier one.
      for (const outcome of answers.chunks[chunk] ?? []) outcomes.set(outcome.task, outcome);
    }
    chunks.push({ ...span, text: await sources.text(first, chunk), answers: [...outcomes.values()] });
  }

  const info = toldIn(document.info, language);
  const error = chunks[0]?.answers[0]?.error;
  if (jobs.size === 0 && error !== undefined) {
    const task = chunks[0]?.answers[0]?.task;
    await publishFailure(context, info, {
      code: error.code,
      message: error.message,
      hint: finalHint(error.code),
      source: "service",
      ...(task === undefined ? {} : { task }),
      attempts,
      failedAt: at,
      again: document.again,
      batch: manifest.batch,
    });
    progress.published.failed++;
    return;
  }
  const record = buildRecord({
    pipeline: pipeline.name,
    document: info,
    attempts,
    tasks: owners[0]?.ticket?.tasks ?? pipeline.tasks,
    chunks,
    jobs: [...jobs.values()],
  });
  await publishOrKeep(context, manifest.batch, record, { again: document.again });
  const { status, usage: { textRecords } = { textRecords: 0 } } = record;
  progress.published[status]++;
  progress.published.textRecords += textRecords;
  if (status === "failed") {
    const { code, source } = record.error;
    context.log({ event: "document.failed", pipeline: pipeline.name, document: document.info.name, code, source });
    return;
  }
  context.log({
    event: "document.succeeded",
    pipeline: pipeline.name,
    document: document.info.name,
    status,
    textRecords,
  });
}

/** The settings may say another language by the time that a document is sent than when it was read. */
function toldIn({ language: read, ...info }: DocumentInfo, told: JobAnswers["language"]): DocumentInfo {
  const language = told === undefined ? read : (told ?? undefined);
  return { ...info, ...(language === undefined ? {} : { language }) };
}

function ownersOf(progress: Progress): Map<number, BatchJob[]> {
  const owners = new Map<number, BatchJob[]>();
  for (const job of progress.jobs) {
    for (const document of new Set(job.chunks.map(documentOf))) {
      const known = owners.get(document);
      if (known === undefined) owners.set(document, [job]);
      else known.push(job);
    }
  }
  return owners;
}

function documentOf(chunk: string): number {
  return Number.parseInt(chunk, 10);
}

function remember<T>(cache: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const made = make();
  cache.set(key, made);
  return made;
}

/** Why a document failed, and when. */
export type Failure = FailureInput["error"] &
  Pick<FailureInput, "attempts" | "failedAt"> & {
    /** The document was redriven: this replaces its earlier failure. */
    again?: boolean | undefined;
    /** The batch that keeps the record for as long as the storage service refuses it; absent: a refusal is thrown. */
    batch?: string;
  };

/**
 * Writes the failure record of a document and tells the operators.
 * @throws BlobRefusedError
 */
export async function publishFailure(
  context: Pick<BatchContext, "containers" | "pipeline" | "log">,
  document: DocumentInfo,
  { attempts, failedAt, again, batch, ...error }: Failure,
): Promise<void> {
  const record = buildFailure({ pipeline: context.pipeline.name, document, error, attempts, failedAt });
  if (batch === undefined) await publishRecord(context.containers, record, { again });
  else await publishOrKeep(context, batch, record, { again });
  context.log({
    event: "document.failed",
    pipeline: context.pipeline.name,
    document: document.name,
    code: error.code,
    source: error.source,
  });
}

/** Records written at a time. */
const KEPT_CONCURRENCY = 8;

type AnyRecord = ResultFile | FailureFile;

/** As it was built: nothing of it may be lost, or keep it from being published. */
const headSchema = z.looseObject({
  schemaVersion: z.literal(SCHEMA_VERSION),
  pipeline: z.string(),
  status: z.string(),
  document: documentSchema,
});
const keptSchema = z.object({
  again: z.boolean(),
  record: z.custom<AnyRecord>((value) => headSchema.safeParse(value).success, "no record"),
});

/**
 * Publishes a record. One that the storage service does not let stand (an earlier one is in its place, under a lease or
 * a hold) is kept beside the batch, which goes on with its other documents and is not over before this one is published.
 */
export async function publishOrKeep(
  { containers, log }: Pick<BatchContext, "containers" | "log">,
  batch: string,
  record: AnyRecord,
  { again = false }: { again?: boolean | undefined } = {},
): Promise<void> {
  try {
    await publishRecord(containers, record, { again });
  } catch (error) {
    if (!(error instanceof BlobRefusedError)) throw error;
    const { pipeline, document } = record;
    await writeText(containers.work, workNames.keptRecord(batch, document.name), JSON.stringify({ again, record }));
    log({ event: "record.refused", pipeline, document: document.name, message: error.message });
  }
}

/**
 * Publishes what a batch has kept. Can be repeated.
 * @throws Error when some of it is still refused, after all the rest is published
 */
export async function publishKept({ containers }: Pick<BatchContext, "containers">, batch: string): Promise<void> {
  const { work } = containers;
  const names: string[] = [];
  for await (const { name } of work.listBlobsFlat({ prefix: workNames.keptRecords(batch) })) names.push(name);
  const refusals: BlobRefusedError[] = [];
  const publish = async (name: string): Promise<void> => {
    const blob = await readText(work, name);
    if (blob === undefined) return;
    const { again, record } = parseStored(work, name, blob.text, keptSchema);
    try {
      await publishRecord(containers, record, { again });
      await deleteBlob(work, name);
    } catch (error) {
      if (!(error instanceof BlobRefusedError)) throw error;
      refusals.push(error);
    }
  };
  await pMap(names, publish, { concurrency: KEPT_CONCURRENCY });
  const [first, ...others] = refusals;
  if (first === undefined) return;
  if (others.length === 0) throw first;
  throw new Error(`${first.message}; ${others.length} more records of the batch wait in the same way`, {
    cause: first,
  });
}
