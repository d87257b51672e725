import type { DetectedLanguage } from "../../language/analysis.ts";
import { TEXTS_PER_DETECTION } from "../../language/detect-languages.ts";
import { DETECT } from "../../settings/pipeline.ts";
import type { LaneSession } from "../lane-session.ts";
import type { BatchJob } from "../store/batch-progress.ts";
import { countTextRecords } from "../store/daily-usage.ts";
import { readTexts } from "../store/stored-jobs.ts";

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
