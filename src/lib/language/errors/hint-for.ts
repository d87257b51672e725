import { ruleFor, UNKNOWN_RULE } from "./code-rules.ts";

/** What the reader of a failure record should do about an error code of the service, or of ours. */
export function hintFor(code: string): string {
  return (ruleFor(code) ?? UNKNOWN_RULE).hint;
}
