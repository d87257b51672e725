import { isDeepStrictEqual } from "node:util";
import type { AnswerPart } from "../answer-part.ts";
import type { Fields } from "../locate-spans.ts";
import { isSpan, listOf, numberOf, type Span } from "./parts.ts";

/** An entity, and the parts that found it. */
export interface Found {
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
export function joinDoubles(parts: readonly AnswerPart[]): (Found | undefined)[][] {
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
