import * as z from "zod";
import { positionMap, type StringIndexType } from "../text.ts";

/** An entity to be redacted; offsets in UTF-16 code units, in the order of the text, none over another. */
export interface RedactedEntity {
  text: string;
  category: string;
  offset: number;
  length: number;
}

/** What the older previews call the policies of today, in lower case: the specification and the service differ there. */
const OLDER_NAMES: Readonly<Record<string, string>> = {
  maskwithredactioncharacter: "characterMask",
  maskwithcharacter: "characterMask",
  maskwithentitytype: "entityMask",
  donotredact: "noMask",
};
const CHARACTERS = ["!", "#", "$", "%", "&", "*", "+", "-", "=", "?", "@", "^", "_", "~"] as const;

/** A character that masks, of those the specification lists (`redactionCharacter`). */
export const redactionCharacter = z.enum(CHARACTERS);

/** A way of redacting some or all entities (`BaseRedactionPolicy` of the specification and what is made of it). */
export const redactionPolicy = z.object({
  policyKind: z
    .preprocess(
      (name) => OLDER_NAMES[String(name).toLowerCase()] ?? name,
      z.enum(["characterMask", "entityMask", "noMask"]),
    )
    .default("characterMask"),
  entityTypes: z.array(z.string()).optional(),
  isDefaultPolicy: z.boolean().default(false),
  redactionCharacter: redactionCharacter.optional(),
  unmaskLength: z.int().min(0).default(0),
  unmaskFromEnd: z.boolean().default(true),
});

export type RedactionPolicy = z.output<typeof redactionPolicy>;

/** How entities are redacted unless the request says otherwise: one character for each UTF-16 code unit. */
export function maskedWith(character: z.output<typeof redactionCharacter> = "*"): RedactionPolicy {
  return redactionPolicy.parse({ redactionCharacter: character });
}

/** A text with its entities masked; absent when nothing is to be masked. Masked by type, an entity tells its mask. */
export function redact<Entity extends RedactedEntity>(
  text: string,
  entities: readonly Entity[],
  policies: readonly RedactionPolicy[],
  unit: StringIndexType,
): { redactedText?: string; entities: object[] } {
  if (policies.length > 0 && policies.every(({ policyKind }) => policyKind === "noMask")) {
    return { entities: [...entities] };
  }
  const names = new MaskNames();
  const places: { entity: Entity; mask?: string; start: number }[] = [];
  let redacted = "";
  let at = 0;
  for (const entity of entities) {
    redacted += text.slice(at, entity.offset);
    const policy = policyFor(entity.category, policies);
    const named = policy.policyKind === "entityMask" ? { mask: names.nameOf(entity) } : {};
    places.push({ entity, ...named, start: redacted.length });
    redacted += named.mask ?? characters(entity.text, policy);
    at = entity.offset + entity.length;
  }
  redacted += text.slice(at);
  const position = positionMap(redacted, unit);
  return {
    redactedText: redacted,
    entities: places.map(({ entity, mask, start }) => {
      if (mask === undefined) return entity;
      const maskOffset = position(start);
      return { ...entity, mask, maskOffset, maskLength: position(start + mask.length) - maskOffset };
    }),
  };
}

/** The policy that names the category, else the one marked as default, else one for all categories. */
function policyFor(category: string, policies: readonly RedactionPolicy[]): RedactionPolicy {
  return (
    policies.find(({ entityTypes }) => entityTypes?.includes(category)) ??
    policies.find(({ isDefaultPolicy }) => isDefaultPolicy) ??
    policies.find(({ entityTypes }) => entityTypes === undefined) ??
    maskedWith()
  );
}

function characters(text: string, policy: RedactionPolicy): string {
  if (policy.policyKind === "noMask") return text;
  const shown = Math.min(policy.unmaskLength, text.length);
  const mask = (policy.redactionCharacter ?? "*").repeat(text.length - shown);
  if (shown === 0) return mask;
  return policy.unmaskFromEnd ? mask + text.slice(-shown) : text.slice(0, shown) + mask;
}

/** `[PERSON_1]`, as in the specification's example: entities of a category are counted, equal ones once. */
class MaskNames {
  readonly #texts = new Map<string, string[]>();

  nameOf({ category, text }: RedactedEntity): string {
    const known = this.#texts.get(category) ?? [];
    this.#texts.set(category, known);
    if (!known.includes(text)) known.push(text);
    return `[${category.toUpperCase()}_${known.indexOf(text) + 1}]`;
  }
}
