import type { ServiceError } from "../language/analysis.ts";
import { classifyServiceError } from "../language/errors/classify-service-error.ts";
import type { JobAnswers } from "./chunk-answers.ts";

/**
 * The error of a job in which no task answered anything and no document is to blame. Tasks may have failed in different
 * ways: what must be put right counts first.
 */
export function wholeFailure(answers: JobAnswers): ServiceError | undefined {
  const errors = Object.values(answers.chunks)
    .flat()
    .map(({ error }) => error);
  const failed = errors.filter((error) => error !== undefined);
  if (failed.length < errors.length) return undefined;
  const classes = failed.map((error) => classifyServiceError(error).class);
  if (classes.includes("document")) return undefined;
  return failed[classes.indexOf("blocked")] ?? failed[classes.indexOf("throttled")] ?? failed[0];
}
