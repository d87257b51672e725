import type { Merge } from "../answer-part.ts";
import type { Fields } from "../locate-spans.ts";
import { mergeEntities } from "./merge-entities.ts";
import { mergeRedactedText, type RedactedText } from "./merge-redacted-text.ts";
import { isSpan, listOf } from "./parts.ts";

/** Entities as of any task that finds them, and the whole text with all that any chunk found redacted. */
export const mergePii: Merge = (parts, { parameters }) => {
  const policies = [parameters, parameters.redactionPolicy, ...listOf(parameters, "redactionPolicies")];
  const character = policies.map(redactionCharacter).find((found) => found !== undefined);
  const redacted = mergeRedactedText(parts, character ?? "*");
  const entities = mergeEntities(parts).entities.map((entity) => withMaskOf(redacted, entity));
  return redacted === undefined ? { entities } : { redactedText: redacted.text, entities };
};

/**
 * What the chunk's answer says of the mask holds in the chunk's redacted text only. Here it is what stands for the entity
 * in the whole redacted text, or nothing where that is not certain.
 */
function withMaskOf(redacted: RedactedText | undefined, entity: Fields): Fields {
  const { mask, maskOffset, maskLength, ...rest } = entity;
  if (mask === undefined && maskOffset === undefined && maskLength === undefined) return entity;
  return { ...rest, ...(isSpan(entity) ? redacted?.maskOf(entity) : undefined) };
}

function redactionCharacter(holder: unknown): string | undefined {
  if (typeof holder !== "object" || holder === null || !("redactionCharacter" in holder)) return undefined;
  return typeof holder.redactionCharacter === "string" ? holder.redactionCharacter : undefined;
}
