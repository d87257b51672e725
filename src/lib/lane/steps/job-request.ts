import type { JobDocument, JobRequest, ServiceError } from "../../language/analysis.ts";
import { isNative } from "../../language/api-versions.ts";
import { DETECT } from "../../settings/pipeline.ts";
import type { LaneSession } from "../lane-session.ts";
import { failedAnswers } from "../policy/answers.ts";
import { type BatchJob, newJob } from "../store/batch-progress.ts";
import { readTexts, type StoredText } from "../store/stored-jobs.ts";
import { canaryDocument } from "./canary.ts";
import { NONE } from "./detect-languages.ts";
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
