import type { z } from "zod";
import type { ServiceError } from "../analysis.ts";
import { type Answer, retryAfterSeconds } from "../answer.ts";
import { EXPIRED_CODE, languageError, ruleFor, UNKNOWN_RULE } from "./code-rules.ts";
import { type ErrorClass, errorChain, LanguageError, readServiceError } from "./language-error.ts";

/** What an error of the service means. */
export interface Judgement {
  class: ErrorClass;
  /** The most specific code that says something, to us or at all. */
  code: string;
  /** The service's words that go with the most specific code. */
  message: string;
  hint: string;
  /** False when the class is a guess. */
  certain: boolean;
}

/** Codes that only sum up what is inside them. */
const SUMMARIES: ReadonlySet<string> = new Set(["InvalidRequest", "InvalidArgument", "BadRequest"]);

/** Words about a deployment that has ended. No code for it is published, and none was ever recorded. */
const EXPIRED = /\b(?:deployment|model|training config\w*)\b[^.]{0,200}\bexpired\b/i;

/**
 * Decides what an error inside an answer (of a job, a task or a document) means by its codes, the most specific one
 * first; by its words, which differ between versions of the service, only where no code of it says anything.
 */
export function classifyServiceError(error: ServiceError): Judgement {
  const chain = errorChain(error).reverse();
  const telling = chain.filter(({ code }) => !SUMMARIES.has(code));
  const { code: said } = telling.find((link) => ruleFor(link.code) !== undefined) ?? telling[0] ?? chain[0] ?? error;
  const message = chain.find((link) => link.message !== "")?.message ?? "The service gave no reason";
  const code = ruleFor(said) === undefined && EXPIRED.test(message) ? EXPIRED_CODE : said;
  const rule = ruleFor(code) ?? UNKNOWN_RULE;
  return { class: rule.class, code, message, hint: rule.hint, certain: rule.certain ?? true };
}

/**
 * What was asked of the service: to run a job, how a job stands, something that a project file wants, or how that
 * stands. A refused job blames a document or a setting of the pipeline; refused authoring blames the project file,
 * which the class `document` then means.
 */
export type Purpose = "submit" | "poll" | "author" | "pollAuthoring";

/** The question behind an answer. */
export interface Asked {
  purpose: Purpose;
  /** Completes "The Language service refused …", for example `to train a model`. */
  words: string;
  /** What the reader should do, where the question tells more than the code. */
  hint?: ((verdict: Verdict) => string | undefined) | undefined;
}

/** What an answer means. `rule`: the code that decided, which a telling code of the service may stand in front of. */
export interface Verdict extends Omit<Judgement, "message"> {
  rule: string;
}

/**
 * The error for an answer that is not the hoped-for one. The HTTP status decides where it is unambiguous; a 400 is
 * decided by the codes in its body.
 * @param now milliseconds since 1970, for a `Retry-After` that is a date
 */
export function classifyAnswer(answer: Answer, { purpose, words, hint }: Asked, now = Date.now()): LanguageError {
  const { status, headers, requestId } = answer;
  const error = readServiceError(answer.body);
  const said = error === undefined ? undefined : classifyServiceError(error);
  const wait = retryAfterSeconds(headers, now);
  const verdict = (status === 403 ? usedUp(said, wait, now) : undefined) ?? judge(status, purpose, said);
  const { class: errorClass, code, certain } = verdict;
  return new LanguageError({
    class: errorClass,
    code,
    message: `The Language service refused ${words} with HTTP ${status} (${code})${said === undefined ? "" : `: ${said.message}`}`,
    hint: hint?.(verdict) ?? verdict.hint,
    status,
    requestId,
    retryAfterSeconds: wait,
    certain,
    quoted: said?.message,
  });
}

/** Words of a 403 that is about an amount, not about a right (recorded: "Out of call volume quota for … F0 pricing tier"). */
const QUOTA = /\bquota\b|\bcall volume\b/i;

/** A quota that is used up comes as a 403, too; what tells it from a missing right is that it ends, or its words. */
function usedUp(said: Judgement | undefined, wait: number | undefined, now: number): Verdict | undefined {
  const words = said?.message ?? "";
  if (said?.code === "AuthenticationTypeDisabled" || (!wait && !QUOTA.test(words))) return undefined;
  const tier = /\b[A-Z]\d? (?=pricing tier)/.exec(words)?.[0] ?? "";
  const until = !wait ? "" : ` until ${new Date(now + wait * 1000).toISOString()}`;
  const hint = `The quota of the Language resource's ${tier}pricing tier is used up${until} (the free tier F0 allows 5,000 text records a month): move the resource to the S tier, or wait; it is tried again by itself.`;
  return { class: "blocked", code: "QuotaExceeded", rule: "QuotaExceeded", hint, certain: true };
}

/** A success that cannot be understood, told by where it differs; the answer itself may hold text of documents. */
export function unreadableAnswer(
  { status, requestId, fault }: Answer,
  words: string,
  where: string | z.ZodError,
): LanguageError {
  const [issue] = typeof where === "string" ? [] : where.issues;
  const place = typeof where === "string" ? where : `${issue?.path.join(".") || "body"}: ${issue?.message}`;
  const message = `The Language service was asked ${words} and answered HTTP ${status} with something else (${fault ?? place})`;
  return languageError("UnreadableResponse", message, { status, requestId });
}

/** True for the 404 of a gateway that knows no such path, which says nothing about a project or a job in it. */
export function isUnknownPath({ status, body }: Pick<Answer, "status" | "body">): boolean {
  return status === 404 && readServiceError(body)?.code === "404";
}

function judge(status: number, purpose: Purpose, said: Judgement | undefined): Verdict {
  const isAuthoring = purpose === "author" || purpose === "pollAuthoring";
  const told = said !== undefined && isWord(said.code) ? said : undefined;
  const rule = statusRule(status, purpose, said?.code);
  if (rule === undefined || (isAuthoring && rule === "NotFound")) {
    const code = told?.code ?? rule ?? `Http${status}`;
    if (isAuthoring) return { class: "document", code, rule: code, hint: UNKNOWN_RULE.hint, certain: true };
    return { ...(said ?? { ...UNKNOWN_RULE, certain: false }), code, rule: code };
  }
  const { class: errorClass, hint } = ruleFor(rule) ?? UNKNOWN_RULE;
  const sameClass = said !== undefined && said.class === errorClass && ruleFor(said.code) !== undefined;
  return {
    class: errorClass,
    code: told === undefined || rule === "JobNotFound" ? rule : told.code,
    rule,
    hint: sameClass ? said.hint : hint,
    certain: true,
  };
}

/** A gateway repeats the HTTP status as the code; our word for it says more. */
function isWord(code: string): boolean {
  return !/^\d+$/.test(code) && code !== "Unknown";
}

/** The code whose rule a status follows; undefined when the body must decide. */
function statusRule(status: number, purpose: Purpose, said: string | undefined): string | undefined {
  if (status < 400) return status < 300 ? "UnreadableResponse" : "Redirected";
  if (status >= 500) return "ServiceUnavailable";
  if (status !== 404) return Object.hasOwn(STATUS_RULES, status) ? STATUS_RULES[status] : OTHER_STATUS[purpose];
  const isAuthoring = purpose === "author" || purpose === "pollAuthoring";
  if (isAuthoring && said === "404") return "UnknownPath";
  return purpose === "poll" || purpose === "pollAuthoring" ? "JobNotFound" : "NotFound";
}

const STATUS_RULES: Readonly<Record<number, string | undefined>> = {
  400: undefined,
  401: "Unauthorized",
  403: "Forbidden",
  408: "Timeout",
  409: "Conflict",
  413: "InvalidDocument",
  422: undefined,
  429: "TooManyRequests",
};

/** Of a job, another status is the fault of how it is asked; of authoring, the body must decide. */
const OTHER_STATUS: Readonly<Record<Purpose, string | undefined>> = {
  submit: "InvalidRequestBodyFormat",
  poll: "InvalidRequestBodyFormat",
  author: undefined,
  pollAuthoring: undefined,
};
