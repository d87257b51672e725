import { LanguageError, type LanguageErrorInit } from "../language-error.ts";
import { ruleFor, UNKNOWN_RULE } from "./code-rules.ts";

/** An error under one of our own codes: class and hint come from the rule for the code. */
export function errorOfOurs(
  code: string,
  message: string,
  facts: Pick<LanguageErrorInit, "status" | "requestId"> = {},
): LanguageError {
  const { class: errorClass, hint } = ruleFor(code) ?? UNKNOWN_RULE;
  return new LanguageError({ class: errorClass, code, message, hint, ...facts });
}
