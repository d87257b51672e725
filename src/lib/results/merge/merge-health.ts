import type { Merge } from "../answer-part.ts";
import type { Fields } from "../locate-spans.ts";
import { mergeEntities } from "./merge-entities.ts";
import { listOf, numberOf } from "./parts.ts";

const ENTITY_REF = /^#\/entities\/(\d+)$/;

/** Entities as of any task that finds them; relations point at the merged entities, and equal ones are kept once. */
export const mergeHealth: Merge = (parts) => {
  const { entities, indexOf } = mergeEntities(parts);
  const relations = new Map<string, Fields>();
  for (const [part, { content }] of parts.entries()) {
    for (const relation of listOf(content, "relations")) {
      const ends = listOf(relation, "entities").map((end) => ({ ...end, ref: mergedRef(end.ref, part, indexOf) }));
      const moved = { ...relation, entities: ends };
      const key = [relation.relationType, ...ends.map((end) => JSON.stringify(end)).toSorted()].join(" ");
      const known = relations.get(key);
      if (known === undefined || numberOf(moved, "confidenceScore") > numberOf(known, "confidenceScore")) {
        relations.set(key, moved);
      }
    }
  }
  return { entities, relations: [...relations.values()] };
};

function mergedRef(ref: unknown, part: number, indexOf: (part: number, index: number) => number | undefined): unknown {
  const index = typeof ref === "string" ? ENTITY_REF.exec(ref)?.[1] : undefined;
  const merged = index === undefined ? undefined : indexOf(part, Number(index));
  return merged === undefined ? ref : `#/entities/${merged}`;
}
