import type { AnswerPart } from "../answer-part.ts";
import type { Fields } from "../locate-spans.ts";
import { endOf, isSpan, listOf, numberOf, overlap, type Span } from "./parts.ts";

export interface MergedEntities {
  /** In the order of the text. */
  entities: Fields[];
  /** Where an entity of a part stands among the merged ones. */
  indexOf(part: number, index: number): number | undefined;
}

interface Found {
  entity: Span;
  /** Found by two chunks. */
  shared: boolean;
  /** The one that stands for it. */
  keptAs?: Found;
}

/**
 * Entities of all chunks, those in the overlap of two chunks once:
 * - found by both (same span and category): the one with the higher confidence;
 * - found by one, but the other found a longer one over it, of the same category or because the cut runs through it: the
 *   longer one.
 */
export function mergeEntities(parts: readonly AnswerPart[]): MergedEntities {
  const found = parts.map(({ content }) =>
    listOf(content, "entities").map((entity): Found | undefined =>
      isSpan(entity) ? { entity, shared: false } : undefined,
    ),
  );
  joinDoubles(found);
  for (let part = 0; part + 1 < parts.length; part++) dropHalves(parts, found, part);
  const kept = found
    .flat()
    .filter((one) => one !== undefined)
    .filter(({ keptAs }) => keptAs === undefined)
    .toSorted((a, b) => a.entity.offset - b.entity.offset);
  const indexes = new Map(kept.map((one, index) => [one, index]));
  return {
    entities: kept.map(({ entity }) => entity),
    indexOf(part, index) {
      let one = found[part]?.[index];
      while (one?.keptAs !== undefined) one = one.keptAs;
      return one && indexes.get(one);
    },
  };
}

function joinDoubles(found: readonly (readonly (Found | undefined)[])[]): void {
  const known = new Map<string, Found>();
  for (const ofPart of found) {
    const times = new Map<string, number>();
    const fresh = new Map<string, Found>();
    for (const one of ofPart) {
      if (one === undefined) continue;
      const { offset, length, category } = one.entity;
      const span = `${offset} ${length} ${category}`;
      // One chunk may name the same span and category twice: the n-th there is the n-th here.
      const time = (times.get(span) ?? 0) + 1;
      times.set(span, time);
      const key = `${time} ${span}`;
      const first = known.get(key);
      if (first === undefined) fresh.set(key, one);
      else join(first, one);
    }
    for (const [key, one] of fresh) known.set(key, one);
  }
}

function join(first: Found, second: Found): void {
  if (numberOf(second.entity, "confidenceScore") > numberOf(first.entity, "confidenceScore"))
    first.entity = second.entity;
  first.shared = true;
  second.shared = true;
  second.keptAs = first;
}

/** Of a part and the next, drops entities that only one of them found and that the other found longer. */
function dropHalves(
  parts: readonly AnswerPart[],
  found: readonly (readonly (Found | undefined)[])[],
  part: number,
): void {
  const [left, right] = [parts[part], parts[part + 1]];
  if (left === undefined || right === undefined || endOf(left) <= right.offset) return;
  const alone = (one: Found | undefined): one is Found => one !== undefined && !one.shared && one.keptAs === undefined;
  const inLeft = (found[part] ?? []).filter(alone).filter(({ entity }) => endOf(entity) > right.offset);
  const inRight = (found[part + 1] ?? []).filter(alone).filter(({ entity }) => entity.offset < endOf(left));
  for (const a of inLeft) {
    for (const b of inRight) {
      if (a.keptAs !== undefined || b.keptAs !== undefined || !overlap(a.entity, b.entity)) continue;
      const leftIsShorter = isBetter(b.entity, a.entity);
      const loser = leftIsShorter ? a : b;
      const cut = leftIsShorter ? reachesEnd(a.entity, left) : reachesBeginning(b.entity, right);
      if (cut || a.entity.category === b.entity.category) loser.keptAs = leftIsShorter ? b : a;
    }
  }
}

/** Longer; of two equally long ones, surer. */
function isBetter(one: Span, than: Span): boolean {
  if (one.length !== than.length) return one.length > than.length;
  return numberOf(one, "confidenceScore") > numberOf(than, "confidenceScore");
}

function reachesEnd(entity: Span, part: AnswerPart): boolean {
  return part.text.slice(endOf(entity) - part.offset).trim() === "";
}

function reachesBeginning(entity: Span, part: AnswerPart): boolean {
  return part.text.slice(0, entity.offset - part.offset).trim() === "";
}
