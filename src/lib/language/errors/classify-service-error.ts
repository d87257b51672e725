import type { ServiceError } from "../analysis.ts";
import { ruleFor, UNKNOWN_RULE } from "./code-rules.ts";
import { type ErrorClass, errorChain } from "./language-error.ts";

/** What an error inside an answer (of a job, a task or a document) means. */
export interface Judgement {
  class: ErrorClass;
  /** The most specific code that says something to us, otherwise the most specific one. */
  code: string;
  /** The service's words that go with the most specific code. */
  message: string;
  hint: string;
  /** False when the class is a guess. */
  certain: boolean;
}

/**
 * Decides what an error of the service means by its codes, the most specific one first; never by its words, which differ
 * between versions of the service.
 */
export function classifyServiceError(error: ServiceError): Judgement {
  const chain = errorChain(error).reverse();
  const known = chain.find(({ code }) => ruleFor(code) !== undefined);
  const rule = (known && ruleFor(known.code)) ?? UNKNOWN_RULE;
  const code = (known ?? chain[0] ?? error).code;
  const message = chain.find((link) => link.message !== "")?.message ?? "The service gave no reason";
  return { class: rule.class, code, message, hint: rule.hint, certain: rule.certain ?? true };
}
