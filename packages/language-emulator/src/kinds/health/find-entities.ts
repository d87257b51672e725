import { rounded } from "../../models/model.ts";
import { type Span, sentences, spanOf, termPattern, withoutOverlaps } from "../../text.ts";
import { HEALTH_FORMS, HEALTH_TERMS, type HealthLink } from "./vocabulary.ts";

/** An entity of the health kinds, as on the wire; offsets in UTF-16 code units. */
export interface HealthEntity extends Span {
  category: string;
  confidenceScore: number;
  assertion?: Assertion;
  name?: string;
  links?: readonly HealthLink[];
}

const CONDITIONS: ReadonlySet<string> = new Set(["SymptomOrSign", "Diagnosis", "MedicationName"]);

/** Finds the vocabulary's entities in a text, in reading order, each with what is asserted of it. */
export function findHealthEntities(text: string, options: { temporality: boolean }): HealthEntity[] {
  const found: HealthEntity[] = [];
  for (const entry of HEALTH_TERMS) {
    const spellings = [entry.name, ...entry.spellings];
    for (const match of spellings.flatMap((spelling) => [...text.matchAll(termPattern(spelling))])) {
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

/** What a text claims of an entity (swagger `HealthcareAssertion`); fields without a finding are left out. */
interface Assertion {
  certainty?: "positivePossible" | "negativePossible" | "negative";
  conditionality?: "hypothetical" | "conditional";
  association?: "other";
  temporality?: "past" | "future";
}

/** How far before an entity a cue reaches, in UTF-16 code units. */
const REACH = 40;
const cue = (words: string): RegExp => new RegExp(`(?<![\\p{L}])(?:${words})(?![\\p{L}])`, "iu");

const UNLIKELY = cue("probably no|unlikely|wohl kein|probablemente sin");
const NEGATIVE = cue("no|not|denies|denied|without|never|kein|keine|keinen|ohne|nicht|sin|niega|ningún|ninguna");
const POSSIBLE = cue(
  "possible|possibly|suspected|suspicion of|may have|Verdacht auf|möglicherweise|posible|sospecha de",
);
const CONDITION = cue("if|in case of|falls|bei Bedarf|en caso de|si");
const OTHER_PERSON = cue("mother|father|brother|sister|family|Mutter|Vater|Bruder|madre|padre|hermano|familiares");
const PAST = cue("history of|previous|past|früher|frühere|antecedentes de|previo|previa");
const FUTURE = cue("will|plan to|planned|geplant|se planea");

/** Reads the cues before an entity in its sentence; undefined when there is none. */
function assertionOf(sentence: Span, entity: Span, options: { temporality: boolean }): Assertion | undefined {
  const end = entity.offset - sentence.offset;
  const before = sentence.text
    .slice(Math.max(0, end - REACH), end)
    .split(/[,;:]|(?<!\p{L})(?:but|aber|pero)(?!\p{L})/u);
  const near = before.at(-1) ?? "";
  const wide = sentence.text.slice(0, end);
  const assertion: Assertion = {
    ...(UNLIKELY.test(near)
      ? { certainty: "negativePossible" as const }
      : NEGATIVE.test(near)
        ? { certainty: "negative" as const }
        : POSSIBLE.test(near)
          ? { certainty: "positivePossible" as const }
          : {}),
    ...(CONDITION.test(near) ? { conditionality: "hypothetical" as const } : {}),
    ...(OTHER_PERSON.test(wide) ? { association: "other" as const } : {}),
    ...(options.temporality && PAST.test(near) ? { temporality: "past" as const } : {}),
    ...(options.temporality && FUTURE.test(near) ? { temporality: "future" as const } : {}),
  };
  return Object.keys(assertion).length === 0 ? undefined : assertion;
}
