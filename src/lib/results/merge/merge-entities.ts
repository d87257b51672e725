import { isDeepStrictEqual } from "node:util";
import { type AnswerPart, endOf, type Fields, isSpan, listOf, type Merge, numberOf, type Span } from "./parts.ts";

export interface MergedEntities {
  /** In the order of the text. */
  entities: Fields[];
  /** Where an entity of a part stands among the merged ones. */
  indexOf(part: number, index: number): number | undefined;
}

/** For an entity that is left out, the one that stands for it. */
type Wholes = Map<Found, Found>;

/**
 * Entities of all chunks, those in the overlap of two chunks once:
 * - found by both: the one with the higher confidence;
 * - found by one, but the other found a longer one around it, of the same category or because the cut runs through it: the
 *   longer one. A half of an entity that the cut runs through always lies within the whole; entities that lie only partly
 *   over one another are two.
 */
export function mergeEntities(parts: readonly AnswerPart[]): MergedEntities {
  const found = dedupeEntities(parts);
  const wholes: Wholes = new Map();
  for (let part = 0; part + 1 < parts.length; part++) dropHalves(parts, found, part, wholes);
  const all = new Set(found.flat().filter((one) => one !== undefined));
  const kept = [...all].filter((one) => !wholes.has(one)).toSorted((a, b) => a.entity.offset - b.entity.offset);
  const indexes = new Map(kept.map((one, index) => [one, index]));
  return {
    entities: kept.map(({ entity }) => entity),
    indexOf(part, index) {
      let one = found[part]?.[index];
      for (let whole = one; whole !== undefined; whole = wholes.get(whole)) one = whole;
      return one && indexes.get(one);
    },
  };
}

/** Of a part and the next, drops entities that only one of them found and that the other found longer. */
function dropHalves(
  parts: readonly AnswerPart[],
  found: readonly (readonly (Found | undefined)[])[],
  part: number,
  wholes: Wholes,
): void {
  const [left, right] = [parts[part], parts[part + 1]];
  if (left === undefined || right === undefined || endOf(left) <= right.offset) return;
  const onlyIn = (here: number, other: number) =>
    (found[here] ?? [])
      .filter((one) => one !== undefined)
      .filter((one) => !one.parts.has(other) && !wholes.has(one))
      .filter(({ entity }) => endOf(entity) > right.offset && entity.offset < endOf(left));
  const [inLeft, inRight] = [onlyIn(part, part + 1), onlyIn(part + 1, part)];
  for (const a of inLeft) {
    for (const b of inRight) {
      const half = isHalf(a.entity, b.entity, () => reachesEnd(a.entity, left))
        ? a
        : isHalf(b.entity, a.entity, () => reachesBeginning(b.entity, right))
          ? b
          : undefined;
      if (half !== undefined && !wholes.has(a) && !wholes.has(b)) wholes.set(half, half === a ? b : a);
    }
  }
}

function isHalf(one: Span, whole: Span, atCut: () => boolean): boolean {
  const within = one.length < whole.length && one.offset >= whole.offset && endOf(one) <= endOf(whole);
  return within && (one.category === whole.category || atCut());
}

function reachesEnd(entity: Span, part: AnswerPart): boolean {
  return part.text.slice(endOf(entity) - part.offset).trim() === "";
}

function reachesBeginning(entity: Span, part: AnswerPart): boolean {
  return part.text.slice(0, entity.offset - part.offset).trim() === "";
}

/** An entity, and the parts that found it. */
interface Found {
  entity: Span;
  parts: Set<number>;
}

/**
 * What tells two entities of one span and category apart, the most telling first. A chunk may have several: of a health
 * task with own entities, for example, one of the prebuilt component, which has links, and one of the list component.
 */
const DETAILS: readonly ((entity: Fields) => string)[] = [
  (entity) => JSON.stringify([entity.subcategory, entity.type, entity.name, componentsOf(entity)]),
  componentsOf,
  () => "",
];

/**
 * The entities of each part, in its own order (undefined: one without a place). What two parts found with the same span
 * and category is one object in both, with the fields of the surer; so is what a part lists twice, all fields alike. Where
 * there are several that differ, those with the same details belong together, and of equal ones the n-th to the n-th.
 */
function dedupeEntities(parts: readonly AnswerPart[]): (Found | undefined)[][] {
  const known = new Map<string, Found[]>();
  return parts.map(({ content }, part) => {
    const fresh = foundIn(content, part);
    const twins = new Map<Found, Found>();
    for (const [span, here] of Map.groupBy(new Set(fresh.filter(isFound)), spanOf)) {
      const before = known.get(span) ?? [];
      for (const [one, twin] of pairUp(before, here)) {
        twins.set(one, twin);
        join(twin, one);
      }
      known.set(span, [...before, ...here.filter((one) => !twins.has(one))]);
    }
    return fresh.map((one) => one && (twins.get(one) ?? one));
  });
}

function foundIn(content: Fields, part: number): (Found | undefined)[] {
  const known = new Map<string, Found[]>();
  return listOf(content, "entities").map((entity) => {
    if (!isSpan(entity)) return undefined;
    const one = { entity, parts: new Set([part]) };
    const before = known.get(spanOf(one)) ?? [];
    const double = before.find((other) => isDeepStrictEqual(other.entity, entity));
    if (double === undefined) known.set(spanOf(one), [...before, one]);
    return double ?? one;
  });
}

function isFound(one: Found | undefined): one is Found {
  return one !== undefined;
}

function spanOf({ entity: { offset, length, category } }: Found): string {
  return `${offset} ${length} ${category}`;
}

/** For entities of one part, the one each is among those of earlier parts; one that has none is left out. */
function pairUp(before: readonly Found[], here: readonly Found[]): Map<Found, Found> {
  const pairs = new Map<Found, Found>();
  const free = new Set(before);
  for (const detailsOf of DETAILS) {
    for (const one of here) {
      if (pairs.has(one)) continue;
      const details = detailsOf(one.entity);
      const twin = [...free].find(({ entity }) => detailsOf(entity) === details);
      if (twin === undefined) continue;
      pairs.set(one, twin);
      free.delete(twin);
    }
  }
  return pairs;
}

function join(first: Found, second: Found): void {
  if (numberOf(second.entity, "confidenceScore") > numberOf(first.entity, "confidenceScore")) {
    first.entity = second.entity;
  }
  for (const part of second.parts) first.parts.add(part);
}

function componentsOf(entity: Fields): string {
  const kinds = listOf(entity, "entityComponentInformation").map((component) => String(component.entityComponentKind));
  return kinds.toSorted().join(" ");
}

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
