import { isDeepStrictEqual } from "node:util";
import { type MergedEntities, mergeEntities } from "./merge-entities.ts";
import { type Fields, listOf, type Merge, numberOf } from "./parts.ts";

const ENTITY_REF = /^#\/entities\/(\d+)$/;

/**
 * Entities as of any task that finds them; relations point at the merged entities, and equal ones are kept once. Those
 * without entities are equal when all their fields are.
 */
export const mergeHealth: Merge = (parts) => {
  const { entities, indexOf } = mergeEntities(parts);
  const relations = new Map<string, Fields>();
  for (const [part, { content }] of parts.entries()) {
    for (const relation of listOf(content, "relations")) {
      const ends = listOf(relation, "entities");
      if (ends.length === 0) {
        const known = [...relations.values()].some((one) => isDeepStrictEqual(one, relation));
        if (!known) relations.set(JSON.stringify(relation), relation);
        continue;
      }
      const moved = mergedEnds(ends, part, indexOf);
      // What relates one entity to nothing says nothing any more.
      if (moved.length < ends.length && moved.length < 2) continue;
      const key = JSON.stringify([relation.relationType, moved.map((end) => JSON.stringify(end)).toSorted()]);
      const known = relations.get(key);
      if (known === undefined || numberOf(relation, "confidenceScore") > numberOf(known, "confidenceScore")) {
        relations.set(key, { ...relation, entities: moved });
      }
    }
  }
  return { entities, relations: [...relations.values()] };
};

/** Without those that point at an entity that is not there; pointers at anything else stay as they are. */
function mergedEnds(ends: readonly Fields[], part: number, indexOf: MergedEntities["indexOf"]): Fields[] {
  return ends.flatMap((end) => {
    const index = typeof end.ref === "string" ? ENTITY_REF.exec(end.ref)?.[1] : undefined;
    if (index === undefined) return [end];
    const merged = indexOf(part, Number(index));
    return merged === undefined ? [] : [{ ...end, ref: `#/entities/${merged}` }];
  });
}
