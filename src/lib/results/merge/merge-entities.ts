import type { AnswerPart } from "../answer-part.ts";
import type { Fields } from "../locate-spans.ts";
import { type Found, joinDoubles } from "./join-doubles.ts";
import { endOf, type Span } from "./parts.ts";

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
  const found = joinDoubles(parts);
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
