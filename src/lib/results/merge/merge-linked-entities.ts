import type { Merge } from "../answer-part.ts";
import type { Fields } from "../locate-spans.ts";
import { isSpan, listOf, numberOf } from "./parts.ts";

/** Entities with the same address (without one, the same id in the same source) become one with all matches, each once. */
export const mergeLinkedEntities: Merge = (parts) => {
  const merged = new Map<string, { first: Fields; matches: Map<string, Fields> }>();
  for (const entity of parts.flatMap(({ content }) => listOf(content, "entities"))) {
    const key =
      typeof entity.url === "string" ? entity.url : JSON.stringify([entity.dataSource, entity.id ?? entity.name]);
    const one = merged.get(key) ?? { first: entity, matches: new Map() };
    merged.set(key, one);
    for (const match of listOf(entity, "matches")) {
      const span = isSpan(match) ? `${match.offset} ${match.length}` : JSON.stringify(match);
      const known = one.matches.get(span);
      if (known === undefined || numberOf(match, "confidenceScore") > numberOf(known, "confidenceScore")) {
        one.matches.set(span, match);
      }
    }
  }
  return {
    entities: [...merged.values()].map(({ first, matches }) => ({
      ...first,
      matches: [...matches.values()].toSorted((a, b) => numberOf(a, "offset") - numberOf(b, "offset")),
    })),
  };
};
