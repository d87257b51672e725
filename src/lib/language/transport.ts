import { setTimeout as pause } from "node:timers/promises";
import { isTokenCredential, type KeyCredential, type TokenCredential } from "@azure/core-auth";
import {
  bearerTokenAuthenticationPolicy,
  createDefaultHttpClient,
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
  type HttpClient,
  type HttpMethods,
  logPolicy,
  type Pipeline,
  type PipelinePolicy,
  type PipelineResponse,
  proxyPolicy,
  setClientRequestIdPolicy,
  tracingPolicy,
  userAgentPolicy,
} from "@azure/core-rest-pipeline";
import { firstLine } from "../common/log.ts";
import { VERSION } from "../common/version.ts";
import { classifyNetworkError, wasNeverSent } from "./errors/classify-network-error.ts";
import { languageError } from "./errors/code-rules.ts";
import { LanguageError } from "./errors/language-error.ts";

export interface TransportOptions {
  /** Key of the resource, or Microsoft Entra ID. */
  credential: KeyCredential | TokenCredential;
  /** For each attempt. */
  timeoutSeconds: number;
  /** Pauses before the second, third, … attempt of a call that may be repeated. */
  retryDelaysMs?: readonly number[] | undefined;
  /** What sends the requests; the SDK's own by default. */
  httpClient?: HttpClient | undefined;
}

interface Call {
  method: HttpMethods;
  url: string;
  /** Sent as JSON. */
  body?: object | undefined;
  /** Of the body; by default `application/json`. */
  contentType?: string | undefined;
}

/** An answer of the service, whatever its status. */
export interface Answer {
  status: number;
  headers: HeaderReader;
  /** Parsed JSON; undefined when there is none. */
  body: unknown;
  /** `apim-request-id`, or the id we gave the request. */
  requestId: string;
  /** Requests that this call cost. */
  attempts: number;
}

/**
 * Sends one call.
 * @throws LanguageError when no answer came
 */
export type Send = (call: Call) => Promise<Answer>;

/** https://learn.microsoft.com/azure/ai-services/authentication#authenticate-with-microsoft-entra-id */
const SCOPE = "https://cognitiveservices.azure.com/.default";
const KEY_HEADER = "Ocp-Apim-Subscription-Key";
const RETRY_DELAYS_MS = [250, 1000];

/** Statuses after which a read is worth repeating at once; a 503 that says when to come back is not. */
const PASSING: ReadonlySet<number> = new Set([408, 500, 502, 503, 504]);

/**
 * The way to one Language resource, on the Azure SDK's own pipeline. Redirects are not followed: they would take the
 * credential elsewhere. Compression is not asked for: a connection that breaks inside a compressed body goes unnoticed
 * in the SDK until the timeout. A read is repeated after a passing fault; any other call only when it is certain never
 * to have been sent.
 */
export function createTransport(options: TransportOptions): Send {
  const pipeline = createPipeline(options.credential);
  const httpClient = options.httpClient ?? createDefaultHttpClient();
  const delays = options.retryDelaysMs ?? RETRY_DELAYS_MS;
  const needsTls = isTokenCredential(options.credential);
  return async (call) => {
    if (needsTls && !call.url.startsWith("https:")) {
      const message = `A Microsoft Entra ID token is not sent to ${new URL(call.url).host} over http`;
      throw languageError("CredentialUnavailable", message);
    }
    for (let attempt = 1; ; attempt++) {
      const delay = delays[attempt - 1];
      try {
        const answer = await sendOnce(pipeline, httpClient, call, options.timeoutSeconds);
        const asksToWait = answer.headers.get("retry-after") !== undefined;
        const again = call.method === "GET" && PASSING.has(answer.status) && !asksToWait;
        if (!again || delay === undefined) return { ...answer, attempts: attempt };
      } catch (error) {
        if (delay === undefined || !(error instanceof LanguageError) || !isRepeatable(call, error)) throw error;
      }
      await pause(delay);
    }
  };
}

function isRepeatable({ method }: Call, error: LanguageError): boolean {
  return wasNeverSent(error) || (method === "GET" && error.code === "NetworkError");
}

async function sendOnce(
  pipeline: Pipeline,
  httpClient: HttpClient,
  { method, url, body, contentType = "application/json" }: Call,
  timeoutSeconds: number,
): Promise<Omit<Answer, "attempts">> {
  const signal = AbortSignal.timeout(timeoutSeconds * 1000);
  const request = createPipelineRequest({
    url,
    method,
    headers: createHttpHeaders({
      Accept: "application/json",
      ...(body === undefined ? {} : { "Content-Type": contentType }),
    }),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    abortSignal: signal,
    allowInsecureConnection: url.startsWith("http:"),
    // Node's shared agent, which closes idle connections after seconds: the SDK's own keeps them until the other side
    // hangs up, and a job sent into a connection that is just being closed leaves nobody knowing whether it arrived.
    disableKeepAlive: true,
  });
  try {
    const response = await orTimeout(pipeline.sendRequest(httpClient, request), signal);
    return {
      status: response.status,
      headers: response.headers,
      body: parseJson(response.bodyAsText),
      requestId: response.headers.get("apim-request-id") ?? request.requestId,
    };
  } catch (cause) {
    throw classifyNetworkError(signal.aborted ? signal.reason : cause, url, timeoutSeconds);
  }
}

/** The SDK stops its clock when the headers are there; a body that never ends must not hold a lane for ever. */
function orTimeout(response: Promise<PipelineResponse>, signal: AbortSignal): Promise<PipelineResponse> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(signal.reason);
    signal.addEventListener("abort", giveUp, { once: true });
    response.then(resolve, reject).finally(() => signal.removeEventListener("abort", giveUp));
  });
}

function parseJson(text: string | null | undefined): unknown {
  if (!text) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function createPipeline(credential: KeyCredential | TokenCredential): Pipeline {
  const userAgentPrefix = `language-batch/${VERSION}`;
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(proxyPolicy());
  pipeline.addPolicy(userAgentPolicy({ userAgentPrefix }));
  pipeline.addPolicy(setClientRequestIdPolicy());
  pipeline.addPolicy(
    isTokenCredential(credential)
      ? bearerTokenAuthenticationPolicy({ credential: withCredentialErrors(credential), scopes: SCOPE })
      : keyPolicy(credential),
    { phase: "Sign" },
  );
  pipeline.addPolicy(tracingPolicy({ userAgentPrefix }), { afterPhase: "Sign" });
  pipeline.addPolicy(logPolicy(), { afterPhase: "Sign" });
  return pipeline;
}

/** Reads the key for each request, so that a credential can be changed while it is in use. */
function keyPolicy(credential: KeyCredential): PipelinePolicy {
  return {
    name: "languageKeyPolicy",
    sendRequest(request, next) {
      request.headers.set(KEY_HEADER, credential.key);
      return next(request);
    },
  };
}

/**
 * The same credential, with its failures as errors of ours: a token that cannot be had blocks a lane, and must not be
 * taken for a fault of the Language service.
 */
function withCredentialErrors(credential: TokenCredential): TokenCredential {
  return {
    async getToken(scopes, options) {
      try {
        return await credential.getToken(scopes, options);
      } catch (error) {
        const message = `Microsoft Entra ID gave no token for the Language service${reason(error)}`;
        throw languageError("CredentialUnavailable", message);
      }
    },
  };
}

/** The first line of an identity error says what was tried; the rest is a report of many lines. */
function reason(error: unknown): string {
  const line = error instanceof Error ? firstLine(error) : "";
  return line ? `: ${line.trim()}` : "";
}

/**
 * An address that the service gave, as it may be asked for: one that leads to another host is replaced by `own`, since
 * the credential goes nowhere else; what `own` asks for and the given address does not speak of is asked for too.
 */
export function ownAddress(given: string, own: URL): URL {
  const url = URL.canParse(given, own.href) ? new URL(given, own) : own;
  const target = new URL(url.origin === own.origin ? url.href : own.href);
  for (const [name, value] of url.searchParams) target.searchParams.set(name, value);
  for (const [name, value] of own.searchParams) {
    if (!target.searchParams.has(name)) target.searchParams.set(name, value);
  }
  return target;
}

/**
 * All pages of an answer, the first included, each asked for by the address in the one before; not in circles.
 * @param read gets one page
 */
export async function followPages<Page extends { nextLink?: string | null | undefined }>(
  first: Page,
  read: (nextLink: string) => Promise<Page>,
): Promise<[Page, ...Page[]]> {
  const pages: [Page, ...Page[]] = [first];
  const seen = new Set<string>();
  for (let next = first.nextLink; next && !seen.has(next); next = pages.at(-1)?.nextLink) {
    seen.add(next);
    pages.push(await read(next));
  }
  return pages;
}

/** Headers as the SDK's pipeline gives them: names in any case. */
export interface HeaderReader {
  get(name: string): string | undefined;
}

/** In milliseconds; they are finer than `Retry-After` and win over it, as in the Azure SDKs. */
const MILLISECOND_HEADERS = ["retry-after-ms", "x-ms-retry-after-ms"];

/**
 * How long the service asks us to wait: `retry-after-ms`, `x-ms-retry-after-ms`, or `Retry-After` in seconds or as a date.
 * Undefined when it does not say, or not in a way that can be understood.
 * @param now milliseconds since 1970
 */
export function retryAfterSeconds(headers: HeaderReader, now: number): number | undefined {
  for (const name of MILLISECOND_HEADERS) {
    const milliseconds = wholeNumber(headers.get(name));
    if (milliseconds !== undefined) return milliseconds / 1000;
  }
  const text = headers.get("retry-after");
  const seconds = wholeNumber(text);
  if (seconds !== undefined || text === undefined) return seconds;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000));
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*\d+\s*$/.test(text) ? Number(text) : undefined;
}
