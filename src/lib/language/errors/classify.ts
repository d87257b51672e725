import { type Answer, retryAfterSeconds } from "../transport.ts";
import { classifyServiceError, type Judgement } from "./classify-service-error.ts";
import { ruleFor, UNKNOWN_RULE } from "./code-rules.ts";
import { LanguageError, readServiceError } from "./language-error.ts";

/** What was asked of the service when it refused. */
export type Purpose = "submit" | "look";

/**
 * The error for an answer that is not the hoped-for one. The HTTP status decides where it is unambiguous; a 400 is
 * decided by the codes in its body.
 * @param now milliseconds since 1970, for a `Retry-After` that is a date
 */
export function classifyAnswer(answer: Answer, purpose: Purpose, now = Date.now()): LanguageError {
  const { status, headers, requestId } = answer;
  const error = readServiceError(answer.body);
  const said = error === undefined ? undefined : classifyServiceError(error);
  const { class: errorClass, code, hint, certain } = judge(status, purpose, said);
  const did = purpose === "submit" ? "refused the job" : "refused to show the job";
  const words = said === undefined ? "" : `: ${said.message}`;
  return new LanguageError({
    class: errorClass,
    code,
    message: `The Language service ${did} with HTTP ${status} (${code})${words}`,
    hint,
    status,
    requestId,
    retryAfterSeconds: retryAfterSeconds(headers, now),
    certain,
  });
}

type Verdict = Pick<Judgement, "class" | "code" | "hint" | "certain">;

function judge(status: number, purpose: Purpose, said: Judgement | undefined): Verdict {
  const byStatus = statusRule(status, purpose);
  if (byStatus === undefined) return said ?? { ...UNKNOWN_RULE, code: `Http${status}`, certain: false };
  const rule = ruleFor(byStatus) ?? UNKNOWN_RULE;
  const sameClass = said !== undefined && said.class === rule.class && ruleFor(said.code) !== undefined;
  const sayable = said !== undefined && byStatus !== "JobNotFound" && !/^\d+$/.test(said.code);
  return {
    class: rule.class,
    code: sayable ? said.code : byStatus,
    hint: sameClass ? said.hint : rule.hint,
    certain: true,
  };
}

/** The code whose rule a status follows; undefined when the body must decide. */
function statusRule(status: number, purpose: Purpose): string | undefined {
  if (status < 400) return "Redirected";
  if (status === 404) return purpose === "look" ? "JobNotFound" : "NotFound";
  if (status === 400 || status === 422) return undefined;
  if (status >= 500) return "ServiceUnavailable";
  return STATUS_RULES[status] ?? "InvalidRequestBodyFormat";
}

const STATUS_RULES: Readonly<Record<number, string>> = {
  401: "Unauthorized",
  403: "Forbidden",
  408: "Timeout",
  409: "Conflict",
  413: "InvalidDocument",
  429: "TooManyRequests",
};
