import { z } from "zod";
import type { ServiceError } from "../analysis.ts";

/**
 * What a failed call means for the documents in it.
 * - `transient`: nobody's fault (network, 408, 5xx, a lost or expired job): try again, a bounded number of times.
 * - `throttled`: 429: wait, it never counts as an attempt.
 * - `blocked`: a setting, right or resource is wrong (401, 403, unknown project or deployment, refused parameter,
 *   unreachable endpoint): documents wait until it is put right.
 * - `document`: the service refuses this document, or a document of this job.
 */
export type ErrorClass = "transient" | "throttled" | "blocked" | "document";

export interface LanguageErrorInit {
  class: ErrorClass;
  /** The service's deepest code, or one of ours, such as `NetworkError` or `JobNotFound` (all in `errors/code-rules.ts`). */
  code: string;
  /** One sentence for the reader. */
  message: string;
  /** What to do about it. */
  hint: string;
  /** HTTP status, when there was an answer. */
  status?: number | undefined;
  /** `apim-request-id` or `x-ms-client-request-id`, for a support case. */
  requestId?: string | undefined;
  retryAfterSeconds?: number | undefined;
  /**
   * False when the class is a guess: a 400 whose code we do not know may blame a document or a setting. The caller
   * finds out (see `batches/submit`).
   */
  certain?: boolean | undefined;
  /** The service's own words in the message: they may quote a document. */
  quoted?: string | undefined;
  cause?: unknown;
}

/** A call to the Language service that did not do what it should. Never holds a key, a token or document text. */
export class LanguageError extends Error {
  override readonly name = "LanguageError";
  readonly class: ErrorClass;
  readonly code: string;
  readonly hint: string;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly certain: boolean;
  readonly #quoted: string | undefined;

  constructor(init: LanguageErrorInit) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause });
    this.class = init.class;
    this.code = init.code;
    this.hint = init.hint;
    this.status = init.status;
    this.requestId = init.requestId;
    this.retryAfterSeconds = init.retryAfterSeconds;
    this.certain = init.certain ?? true;
    this.#quoted = init.quoted;
  }

  /**
   * The message for logs and statuses, which must not hold text of documents. The service names settings in the words with
   * which it refuses them; in any other of its words there may be text.
   */
  get publicMessage(): string {
    const isSafe = this.#quoted === undefined || this.class === "blocked" || this.class === "throttled";
    return isSafe ? this.message : this.message.replace(`: ${this.#quoted}`, "");
  }
}

/**
 * The error object of every generation of the wire; a code that came as a number is read as text, and none of its fields
 * can make it unreadable.
 */
export const serviceErrorSchema: z.ZodType<ServiceError> = z.looseObject({
  code: z.union([z.string(), z.number().transform(String)]).catch("Unknown"),
  message: z.string().catch(""),
  target: z.string().optional().catch(undefined),
  get innererror() {
    return serviceErrorSchema.optional().catch(undefined);
  },
});

/** An error among others: one that is no object says nothing, but that there was one counts. */
export const lenientErrorSchema: z.ZodType<ServiceError> = serviceErrorSchema.catch({ code: "Unknown", message: "" });

const envelopeSchema = z.object({ error: serviceErrorSchema });

/** The error in the body of a refused request; undefined when the body holds none. */
export function readServiceError(body: unknown): ServiceError | undefined {
  return envelopeSchema.safeParse(body).data?.error;
}

/** Cycles cannot come over JSON, but absurd depths can. */
const DEEPEST = 20;

/** An error and the ones inside it, from the outermost to the most specific. */
export function errorChain(error: ServiceError): ServiceError[] {
  const chain = [error];
  for (let inner = error.innererror; inner !== undefined && chain.length < DEEPEST; inner = inner.innererror) {
    chain.push(inner);
  }
  return chain;
}

/** True for an error about an answer that was no refusal. */
export function isSuccess({ status }: LanguageError): boolean {
  return status !== undefined && status >= 200 && status < 300;
}
