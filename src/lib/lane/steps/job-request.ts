import type { DetectedLanguage, JobDocument, JobRequest, ServiceError } from "../../language/analysis.ts";
import { isNative } from "../../language/api-versions.ts";
import { TEXTS_PER_DETECTION } from "../../language/detect-languages.ts";
import { DETECT } from "../../settings/pipeline.ts";
import type { LaneSession } from "../lane-session.ts";
import { failedAnswers } from "../policy/answers.ts";
import { type BatchJob, newJob } from "../store/batch-progress.ts";
import { countTextRecords } from "../store/daily-usage.ts";
import { readTexts, type StoredText } from "../store/stored-jobs.ts";
import { canaryDocument } from "./canary.ts";
import { byAddress } from "./native-documents.ts";
import { finishJob } from "./publish.ts";

/**
 * What is to be sent of a job: its texts as they were stored, with the tasks and the language that the settings say now.
 * What has nothing to be sent, or cannot be answered, becomes failures here.
 * @returns undefined when nothing is left, and the job is done
 */
export async function jobRequest(session: LaneSession, job: BatchJob): Promise<JobRequest | undefined> {
  const { batch, context } = session;
  const { pipeline } = context;
  const tasks = session.tasksOf(job);
  const displayName = `${batch.id}/${job.id}`;
  if (job.canary && tasks.length > 0) return { displayName, documents: [await canaryDocument(session)], tasks };
  if (tasks.length === 0) {
    // Its tasks were taken out of the pipeline: what the first job said of them stands.
    if (job.canary) job.state = "done";
    else await finishJob(session, job, failedAnswers(job, [], NO_TASK, session.iso()));
    return undefined;
  }
  const texts = await readTexts(session, job);
  const gone = job.chunks.filter((chunk) => !texts.some(({ id }) => id === chunk));
  await giveUp(session, job, gone, TEXT_GONE);
  await giveUp(
    session,
    job,
    job.chunks.filter((chunk) => languageOf(session, chunk) === NONE),
    NO_LANGUAGE,
  );
  if (job.chunks.length === 0) {
    job.state = "done";
    return undefined;
  }
  const left = texts.filter(({ id }) => job.chunks.includes(id));
  const documents = inLanguage(session, left);
  return {
    displayName,
    documents: isNative(pipeline.apiVersion) ? byAddress(session, job.id, documents) : documents,
    tasks,
  };
}

/** Documents with nothing to be sent, or not in a way that could be answered, fail for themselves. */
async function giveUp(session: LaneSession, job: BatchJob, chunks: string[], error: ServiceError): Promise<void> {
  if (chunks.length === 0) return;
  const lost = newJob(`${job.id}x${session.progress.jobs.length}`, job.request, chunks, {
    attempts: job.attempts,
    tasks: job.tasks,
  });
  session.progress.jobs.push(lost);
  job.chunks = job.chunks.filter((chunk) => !chunks.includes(chunk));
  await finishJob(session, lost, failedAnswers(lost, session.tasksOf(job), error, session.iso()));
}

/** The text was lost, and its document changed or went before it could be read again. */
const TEXT_GONE: ServiceError = {
  code: "DocumentNotFound",
  message: "The document was deleted or replaced before it was analysed, and its prepared text is lost",
};

const NO_TASK: ServiceError = { code: "TaskMissing", message: "The pipeline does not have the task any more" };

const NO_LANGUAGE: ServiceError = {
  code: "LanguageNotDetected",
  message: "The service does not find out in which language the document is",
};

/**
 * The stored texts, in the language that the settings say now: a lane blocked by a wrong one goes on with the right one.
 * Where each has its own, that of its document.
 */
function inLanguage(session: LaneSession, texts: readonly StoredText[]): JobDocument[] {
  return texts.map((stored) => {
    const language = languageOf(session, stored.id);
    return { ...stored, ...(language === undefined ? {} : { language }) };
  });
}

function languageOf({ batch, context }: LaneSession, chunk: string): string | undefined {
  const { pipeline } = context;
  if (pipeline.language !== DETECT) return pipeline.language;
  return batch.documents[Number.parseInt(chunk, 10)]?.info.language;
}

/**
 * Finds out the language of each document of a job that has none yet, where the pipeline asks for it, and writes it into
 * the batch before the job is sent: so it is asked, and paid for, once, but for a process that dies in between.
 * @param endpoint the Language resource that is asked
 * @throws LanguageError when the service does not say it
 */
export async function detectJobLanguages(session: LaneSession, job: BatchJob, endpoint: string): Promise<void> {
  const { batch, context } = session;
  if (context.pipeline.language !== DETECT || job.canary) return;
  const firsts = new Map<number, string>();
  for (const chunk of job.chunks) {
    const number = Number.parseInt(chunk, 10);
    const info = batch.documents[number]?.info;
    if (info !== undefined && info.language === undefined && !firsts.has(number)) firsts.set(number, chunk);
  }
  if (firsts.size === 0) return;
  await session.confirmBatch();
  const texts = await readTexts(session, job);
  const wanted = new Set(firsts.values());
  const asked = texts.filter(({ id }) => wanted.has(id));
  const found = new Map<number, DetectedLanguage | undefined>();
  for (let at = 0; at < asked.length; at += TEXTS_PER_DETECTION) {
    const some = asked.slice(at, at + TEXTS_PER_DETECTION);
    job.requests++;
    const languages = await context.client(endpoint, context.pipeline.apiVersion).detectLanguages(some);
    for (const { id } of some) found.set(Number.parseInt(id, 10), languages.get(id));
  }
  const documents = batch.documents.map((document, number) => {
    if (!found.has(number)) return document;
    return { ...document, info: { ...document.info, ...named(found.get(number), context.pipeline.defaultLanguage) } };
  });
  await session.writeBatch({ ...batch, documents });
  await countTextRecords(session, asked.length);
}

/** Of a text in which no language is found, that of the pipeline's settings; without one the document is not sent. */
function named(found: DetectedLanguage | undefined, defaultLanguage: string | undefined) {
  if (found === undefined) return { language: defaultLanguage ?? NONE };
  const { code, ...detectedLanguage } = found;
  return { language: code, detectedLanguage };
}

/** Stands for the language of a text in which none was found: the code that ISO 639-2 has for "undetermined". */
export const NONE = "und";
