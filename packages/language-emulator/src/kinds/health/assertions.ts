import type { Span } from "../../text/segments.ts";

/** What a text claims of an entity (swagger `HealthcareAssertion`); fields without a finding are left out. */
export interface Assertion {
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
export function assertionOf(sentence: Span, entity: Span, options: { temporality: boolean }): Assertion | undefined {
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
