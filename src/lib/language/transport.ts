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
import { VERSION } from "../common/telemetry.ts";
import { ANSWER_BYTES, type Answer, readBody } from "./answer.ts";
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
  /** How large the answer may be. */
  maxBytes?: number | undefined;
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
  { method, url, body, contentType = "application/json", maxBytes = ANSWER_BYTES }: Call,
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
    streamResponseStatusCodes: new Set([Number.POSITIVE_INFINITY]),
    allowInsecureConnection: url.startsWith("http:"),
    // Node's shared agent, which closes idle connections after seconds: the SDK's own keeps them until the other side
    // hangs up, and a job sent into a connection that is just being closed leaves nobody knowing whether it arrived.
    disableKeepAlive: true,
  });
  try {
    const response = await raced(pipeline.sendRequest(httpClient, request), signal);
    const { status, headers } = response;
    const taken = method !== "GET" && status >= 200 && status < 300;
    const read = await readBody(response, maxBytes, signal).catch((cause: unknown) => {
      // Whatever was asked has been done, and the headers tell of it: it must not be asked again.
      if (taken) return { bytes: 0, fault: "the answer broke off" };
      throw cause;
    });
    return { status, headers, ...read, requestId: headers.get("apim-request-id") ?? request.requestId };
  } catch (cause) {
    throw classifyNetworkError(signal.aborted ? signal.reason : cause, url, timeoutSeconds);
  }
}

/** Not all that a request waits for minds the signal: a token that never comes must not hold a lane for ever. */
function raced(response: Promise<PipelineResponse>, signal: AbortSignal): Promise<PipelineResponse> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(signal.reason);
    signal.addEventListener("abort", giveUp, { once: true });
    response.then(resolve, reject).finally(() => signal.removeEventListener("abort", giveUp));
  });
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
