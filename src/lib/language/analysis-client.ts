import { z } from "zod";
import { quote } from "../common/problems.ts";
import type { AnalysisClient, JobHandle, JobOptions, Task } from "./analysis.ts";
import { analyzeDocuments } from "./analyze-documents.ts";
import { analyzeText } from "./analyze-text.ts";
import { ANSWER_BYTES, type Answer, followPages, MOST_PAGES, ownAddress, retryAfterSeconds } from "./answer.ts";
import { type ApiVersion, type GenerationName, parseApiVersion } from "./api-versions.ts";
import { detectLanguages } from "./detect-languages.ts";
import { type Asked, classifyAnswer, unreadableAnswer } from "./errors/classify.ts";
import { languageError } from "./errors/code-rules.ts";
import type { LanguageError } from "./errors/language-error.ts";
import type { Generation, JobPage } from "./generation.ts";
import { isFinished, jobState, readStatus } from "./jobs/job-state.ts";
import { textAnalyticsV3 } from "./text-analytics-v3.ts";
import { createTransport, type TransportOptions } from "./transport.ts";

export interface ClientOptions extends TransportOptions {
  /** Address of the Language resource, no trailing slash, for example `https://name.cognitiveservices.azure.com`. */
  endpoint: string;
}

export interface AnalysisClientOptions extends ClientOptions {
  /** As in `pipelines.json`. */
  apiVersion: string;
}

/**
 * A client for one Language resource in one version of its wire. Keep it: it caches tokens and connections.
 * @throws RangeError for an API version that does not exist
 */
export function createAnalysisClient({ apiVersion, ...options }: AnalysisClientOptions): AnalysisClient {
  return createClient(generationFor(apiVersion), options);
}

/** A client that speaks a generation of the wire: all that the generations have in common. */
export function createClient(generation: Generation, options: ClientOptions): AnalysisClient {
  const { endpoint } = options;
  const send = createTransport(options);

  const page = async (url: URL, maxBytes = ANSWER_BYTES): Promise<JobPage & { answer: Answer }> => {
    const answer = await send({ method: "GET", url: url.href, maxBytes });
    if (!isSuccess(answer)) throw classifyAnswer(answer, POLL);
    try {
      return { ...generation.readPage(answer.body), answer };
    } catch (error) {
      if (!(error instanceof z.ZodError)) throw error;
      throw unreadableAnswer(answer, POLL.words, error);
    }
  };

  return {
    async submit(request) {
      const url = generation.submitUrl(endpoint);
      const answer = await send({ method: "POST", url: url.href, body: generation.body(request) });
      if (!isSuccess(answer)) throw classifyAnswer(answer, SUBMIT);
      const given = answer.headers.get("operation-location") ?? "";
      const address = URL.canParse(given, url.href) ? new URL(given, url) : undefined;
      const jobId = address && jobIn(address, generation.jobUrl(endpoint, "id"));
      if (address === undefined || jobId === undefined) throw noJobNamed(answer, given);
      if (URL.canParse(given)) return { jobId, operationLocation: given };
      const own = generation.jobUrl(endpoint, jobId);
      own.search = address.search;
      return { jobId, operationLocation: own.href };
    },

    async getJob({ jobId, operationLocation }: JobHandle, tasks: readonly Task[]) {
      const own = generation.jobUrl(endpoint, jobId);
      own.searchParams.set("showStats", "true");
      const first = await page(ownAddress(operationLocation, own));
      const all = isFinished(readStatus(first.status)) ? first : { ...first, nextLink: undefined };
      let left = ANSWER_BYTES - first.answer.bytes;
      const pages = await followPages(all, async (nextLink, isTooMany) => {
        if (isTooMany) throw unreadableAnswer(first.answer, POLL.words, `more than ${MOST_PAGES} pages`);
        const next = await page(ownAddress(nextLink, own), left);
        left -= next.answer.bytes;
        return next;
      });
      const requests = pages.reduce((sum, { answer }) => sum + answer.attempts, 0);
      const now = new Date();
      const wait = retryAfterSeconds(first.answer.headers, now.getTime());
      return jobState(pages, tasks, { requests, retryAfterSeconds: wait, seenAt: now.toISOString() });
    },

    detectLanguages: (texts) => detectLanguages(send, endpoint, texts),
  };
}

const SUBMIT: Asked = { purpose: "submit", words: "the job" };
const POLL: Asked = { purpose: "poll", words: "to show the job" };

function isSuccess({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}

/** The job's id is the last part of the path of its address, behind the folder of jobs on this wire. */
function jobIn({ pathname }: URL, own: URL): string | undefined {
  const folder = own.pathname.split("/").at(-2);
  const [before, id] = pathname.replace(/\/$/, "").split("/").slice(-2);
  try {
    return before === folder && id ? decodeURIComponent(id) : undefined;
  } catch {
    return undefined;
  }
}

/** The service took the job, and will be paid for it, but nobody can ask for its answers. */
function noJobNamed({ status, requestId }: Answer, given: string): LanguageError {
  const said =
    given === "" ? "without an operation-location" : `with the operation-location ${quote(given)}, which names none`;
  return languageError("NoJobNamed", `The Language service took the job (HTTP ${status}) ${said}`, {
    status,
    requestId,
  });
}

/** A client that gives every job these options, where the request does not give its own. */
export function withJobOptions(
  client: AnalysisClient,
  { defaultLanguage, cancelAfter }: Readonly<JobOptions>,
): AnalysisClient {
  return {
    submit: (request) => client.submit({ defaultLanguage, cancelAfter, ...request }),
    getJob: (handle, tasks) => client.getJob(handle, tasks),
    detectLanguages: (texts) => client.detectLanguages(texts),
  };
}

const GENERATIONS: Record<GenerationName, (version: ApiVersion) => Generation> = {
  "analyze-text": analyzeText,
  "analyze-documents": analyzeDocuments,
  "text-analytics-v3": textAnalyticsV3,
};

/**
 * The wire that a version speaks.
 * @throws RangeError for a version that does not exist
 */
export function generationFor(apiVersion: string): Generation {
  const version = parseApiVersion(apiVersion);
  if (version === undefined) throw new RangeError(`No API version ${apiVersion}`);
  return GENERATIONS[version.generation](version);
}
