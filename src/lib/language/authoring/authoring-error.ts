import type { ServiceError } from "../analysis.ts";
import { ruleFor, UNKNOWN_RULE } from "../errors/code-rules.ts";
import { retryAfterSeconds } from "../errors/retry-after.ts";
import { type ErrorClass, LanguageError } from "../language-error.ts";
import { errorChain, readServiceError } from "../service-error.ts";
import type { Answer } from "../transport.ts";
import { ACTION_WORDS, type AuthoringAction, authoringHint, ownHint, rightsHint } from "./authoring-hints.ts";

/** Codes that only sum up what is inside them. */
const SUMMARIES: ReadonlySet<string> = new Set(["InvalidRequest", "InvalidArgument", "BadRequest"]);

/** The most telling code of an error, and the service's words for it. */
export function authoringReason(error: ServiceError): { code: string; message: string } {
  const chain = errorChain(error).reverse();
  const telling = chain.find(({ code }) => !SUMMARIES.has(code)) ?? chain[0] ?? error;
  const words = chain.find(({ message }) => message !== "")?.message ?? "The service gave no reason";
  return { code: telling.code, message: words };
}

/**
 * The error for an answer of authoring that is not the hoped-for one. The classes are those of an analysis; `document`
 * means here that the request is refused for what it asks: the project file must change, trying again does not help.
 * @param endpoint the Language resource, for the hint about rights
 * @param now milliseconds since 1970, for a `Retry-After` that is a date
 */
export function authoringError(
  answer: Answer,
  { action, endpoint }: { action: AuthoringAction; endpoint: string },
  now = Date.now(),
): LanguageError {
  const { status, headers, requestId } = answer;
  const said = readServiceError(answer.body);
  const reason = said === undefined ? undefined : authoringReason(said);
  const { code: fallback, class: errorClass } = byStatus(status, action, reason?.code);
  const code = fallback === "JobNotFound" || !isWord(reason?.code) ? fallback : reason.code;
  const words = reason === undefined ? "" : `: ${reason.message}`;
  return new LanguageError({
    class: errorClass,
    code,
    message: `The Language service refused to ${ACTION_WORDS[action]} with HTTP ${status} (${code})${words}`,
    hint: hintFor(errorClass, { code, fallback }, { action, endpoint }),
    status,
    requestId,
    retryAfterSeconds: retryAfterSeconds(headers, now),
  });
}

/** A gateway repeats the HTTP status as the code; our word for it says more. */
function isWord(code: string | undefined): code is string {
  return code !== undefined && !/^\d+$/.test(code) && code !== "Unknown";
}

function byStatus(status: number, action: AuthoringAction, said?: string): { code: string; class: ErrorClass } {
  if (status < 300) return { code: "UnreadableResponse", class: "transient" };
  if (status < 400) return { code: "EndpointUnreachable", class: "blocked" };
  if (isUnknownPath(status, said)) return { code: "UnknownPath", class: "blocked" };
  if (status === 404 && action === "look") return { code: "JobNotFound", class: "transient" };
  if (status >= 500) return { code: "ServiceUnavailable", class: "transient" };
  return BY_STATUS[status] ?? { code: `Http${status}`, class: "document" };
}

/** True for the 404 of a gateway that knows no such path, which says nothing about a project. */
export function isUnknownPath(status: number, code: string | undefined): boolean {
  return status === 404 && code === "404";
}

const BY_STATUS: Readonly<Record<number, { code: string; class: ErrorClass }>> = {
  401: { code: "Unauthorized", class: "blocked" },
  403: { code: "Forbidden", class: "blocked" },
  404: { code: "NotFound", class: "document" },
  408: { code: "Timeout", class: "transient" },
  409: { code: "Conflict", class: "transient" },
  429: { code: "TooManyRequests", class: "throttled" },
};

function hintFor(
  errorClass: ErrorClass,
  { code, fallback }: { code: string; fallback: string },
  { action, endpoint }: { action: AuthoringAction; endpoint: string },
): string {
  if (fallback === "Forbidden") return rightsHint(action, endpoint);
  if (errorClass === "document") return authoringHint(action, code);
  return ownHint(fallback) ?? (ruleFor(fallback) ?? UNKNOWN_RULE).hint;
}

/** A success that cannot be understood. @param where what is missing or wrong in it */
export function unreadableAnswer(answer: Answer, action: AuthoringAction, where: string): LanguageError {
  const { class: errorClass, hint } = ruleFor("UnreadableResponse") ?? UNKNOWN_RULE;
  const { status, requestId } = answer;
  const message = `The Language service answered HTTP ${status} to "${ACTION_WORDS[action]}" with something else than expected (${where})`;
  return new LanguageError({ class: errorClass, code: "UnreadableResponse", message, hint, status, requestId });
}
