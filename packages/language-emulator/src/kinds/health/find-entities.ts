import { rounded } from "../../models/model.ts";
import { type Span, sentences, spanOf, termPattern, withoutOverlaps } from "../../text/segments.ts";
import { type Assertion, assertionOf } from "./assertions.ts";
import { HEALTH_FORMS, HEALTH_TERMS, type HealthLink } from "./vocabulary.ts";

/** An entity of the health kinds, as on the wire; offsets in UTF-16 code units. */
export interface HealthEntity extends Span {
  category: string;
  confidenceScore: number;
  assertion?: Assertion;
  name?: string;
  links?: readonly HealthLink[];
}

const TERMS = HEALTH_TERMS.map((entry) => ({
  entry,
  patterns: [entry.name, ...entry.spellings].map((spelling) => termPattern(spelling)),
}));
const CONDITIONS: ReadonlySet<string> = new Set(["SymptomOrSign", "Diagnosis", "MedicationName"]);

/** Finds the vocabulary's entities in a text, in reading order, each with what is asserted of it. */
export function findHealthEntities(text: string, options: { temporality: boolean }): HealthEntity[] {
  const found: HealthEntity[] = [];
  for (const { entry, patterns } of TERMS) {
    for (const match of patterns.flatMap((pattern) => [...text.matchAll(pattern)])) {
      const links = entry.links.length === 0 ? {} : { links: entry.links };
      const confidenceScore = match[0].toLowerCase() === entry.name ? 1 : 0.97;
      const span = spanOf(text, match.index, match.index + match[0].length);
      found.push({ ...span, category: entry.category, confidenceScore, name: entry.name, ...links });
    }
  }
  for (const { category, pattern } of HEALTH_FORMS) {
    for (const match of text.matchAll(pattern)) {
      const span = spanOf(text, match.index, match.index + match[0].length);
      found.push({ ...span, category, confidenceScore: rounded(0.98) });
    }
  }
  const parts = sentences(text);
  return withoutOverlaps(found).map((entity) => {
    if (!CONDITIONS.has(entity.category)) return entity;
    const sentence = parts.find((part) => contains(part, entity));
    const assertion = sentence && assertionOf(sentence, entity, options);
    return assertion === undefined ? entity : { ...entity, assertion };
  });
}

/** Whether one stretch of a text lies within another. */
export function contains(outer: Span, inner: Span): boolean {
  return inner.offset >= outer.offset && inner.offset + inner.length <= outer.offset + outer.length;
}
