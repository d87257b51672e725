import type { ServiceError } from "../language/analysis.ts";
import { ruleFor } from "../language/errors/code-rules.ts";
import { hintFor } from "../language/errors/hint-for.ts";
import { errorChain } from "../language/service-error.ts";
import type { TaskError } from "./record-schema.ts";

const TRIED_OUT =
  "The service did not manage it, though it was tried again. When the service is well, drop the document again; what has a failure record can be redriven too (POST /api/redrive).";

/** An error of the service as a record tells it: its most specific code and message, and what to do now that it is final. */
export function taskError(error: ServiceError, chunk?: { offset: number; length: number }): TaskError {
  const chain = errorChain(error);
  const { code, message } = chain.findLast((link) => link.message !== "") ?? error;
  const more = chain.length > 1 || Object.keys(error).some((key) => key !== "code" && key !== "message");
  return {
    code,
    message:
      chunk === undefined ? message : `${message} (in characters ${chunk.offset} to ${chunk.offset + chunk.length})`,
    hint: finalHint(code),
    ...(chunk === undefined ? {} : { chunk: { offset: chunk.offset, length: chunk.length } }),
    ...(more ? { service: error } : {}),
  };
}

/**
 * What to do about a code in a record. While a document is in hand, some codes need nobody; in a record they are what is
 * left after the last attempt.
 */
export function finalHint(code: string): string {
  const rule = ruleFor(code);
  return rule?.class === "transient" || rule?.class === "throttled" ? TRIED_OUT : hintFor(code);
}
