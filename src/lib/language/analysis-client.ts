import { z } from "zod";
import type { AnalysisClient, JobHandle, JobOptions, Task } from "./analysis.ts";
import { analyzeText } from "./analyze-text/analyze-text.ts";
import { type ApiVersion, type GenerationName, parseApiVersion } from "./api-versions.ts";
import { classifyAnswer, type Purpose } from "./errors/classify.ts";
import { errorOfOurs } from "./errors/code-rules.ts";
import type { LanguageError } from "./errors/language-error.ts";
import type { Generation, JobPage } from "./generation.ts";
import { isFinished, jobState, readStatus } from "./jobs/job-state.ts";
import { textAnalyticsV3 } from "./text-analytics-v3/text-analytics-v3.ts";
import { type Answer, createTransport, retryAfterSeconds, type TransportOptions } from "./transport.ts";

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

  /** The service's own address, unless it leads to another host: the credential goes nowhere else. */
  const address = (own: URL, given: string): URL => {
    const url = URL.canParse(given) ? new URL(given) : own;
    const target = new URL(url.origin === own.origin ? url : own);
    for (const [name, value] of url.searchParams) target.searchParams.set(name, value);
    for (const [name, value] of [...own.searchParams, ["showStats", "true"] as const]) {
      if (!target.searchParams.has(name)) target.searchParams.set(name, value);
    }
    return target;
  };

  const page = async (url: URL): Promise<{ page: JobPage; answer: Answer }> => {
    const answer = await send({ method: "GET", url: url.href });
    if (!isSuccess(answer)) throw classifyAnswer(answer, "look");
    try {
      return { page: generation.readPage(answer.body), answer };
    } catch (error) {
      throw unreadable(answer, "look", error);
    }
  };

  return {
    async submit(request) {
      const url = generation.submitUrl(endpoint).href;
      const answer = await send({ method: "POST", url, body: generation.body(request) });
      if (!isSuccess(answer)) throw classifyAnswer(answer, "submit");
      const operationLocation = answer.headers.get("operation-location") ?? "";
      const jobId = lastSegment(operationLocation);
      if (jobId === undefined) throw unreadable(answer, "submit");
      return { jobId, operationLocation };
    },

    async getJob(handle: JobHandle, tasks: readonly Task[]) {
      const own = generation.jobUrl(endpoint, handle.jobId);
      const first = await page(address(own, handle.operationLocation));
      let requests = first.answer.attempts;
      const more: JobPage[] = [];
      const seen = new Set<string>();
      let next = isFinished(readStatus(first.page.status)) ? first.page.nextLink : undefined;
      while (next !== undefined && !seen.has(next)) {
        seen.add(next);
        const following = await page(address(own, next));
        requests += following.answer.attempts;
        more.push(following.page);
        next = following.page.nextLink;
      }
      const now = new Date();
      const wait = retryAfterSeconds(first.answer.headers, now.getTime());
      return jobState(first.page, more, tasks, { requests, retryAfterSeconds: wait, seenAt: now.toISOString() });
    },
  };
}

function isSuccess({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}

/** The job's id is the last part of the path of its address. */
function lastSegment(address: string): string | undefined {
  const segment = URL.canParse(address) ? new URL(address).pathname.split("/").pop() : undefined;
  return segment ? decodeURIComponent(segment) : undefined;
}

/** A success that cannot be understood, told by where it differs; the answer itself may hold text of documents. */
function unreadable({ status, requestId }: Answer, purpose: Purpose, error?: unknown): LanguageError {
  const [issue] = error instanceof z.ZodError ? error.issues : [];
  const where = issue === undefined ? "" : ` (${issue.path.join(".") || "body"}: ${issue.message})`;
  const what = purpose === "submit" ? "no operation-location" : "no state of a job";
  const message = `The Language service answered HTTP ${status} with ${what} in it${where}`;
  return errorOfOurs("UnreadableResponse", message, { status, requestId });
}

/** A client that gives every job these options, where the request does not give its own. */
export function withJobOptions(
  client: AnalysisClient,
  { defaultLanguage, cancelAfter }: Readonly<JobOptions>,
): AnalysisClient {
  return {
    submit: (request) => client.submit({ defaultLanguage, cancelAfter, ...request }),
    getJob: (handle, tasks) => client.getJob(handle, tasks),
  };
}

const GENERATIONS: Record<GenerationName, (version: ApiVersion) => Generation> = {
  "analyze-text": analyzeText,
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
