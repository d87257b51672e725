import type { Merge } from "../answer-part.ts";
import { mergeEntities } from "./merge-entities.ts";
import { mergeRedactedText } from "./merge-redacted-text.ts";

/** Entities as of any task that finds them, and the whole text with all that any chunk found redacted. */
export const mergePii: Merge = (parts, { parameters }) => {
  const { entities } = mergeEntities(parts);
  const policy = parameters.redactionPolicy;
  const character = [parameters, policy].map(redactionCharacter).find((found) => found !== undefined);
  const redactedText = mergeRedactedText(parts, character ?? "*");
  return redactedText === undefined ? { entities } : { redactedText, entities };
};

function redactionCharacter(holder: unknown): string | undefined {
  if (typeof holder !== "object" || holder === null || !("redactionCharacter" in holder)) return undefined;
  return typeof holder.redactionCharacter === "string" ? holder.redactionCharacter : undefined;
}
