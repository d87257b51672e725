import type { Mask } from "./read-masks.ts";

/**
 * The stretches of a mask that do not show the text they cover: none for an entity that the service left readable, all but
 * the last four digits of a card number that is masked but for those. Where mask and text do not go character by
 * character, what lies between a common beginning and a common end.
 * @param covered the document's text under the mask
 */
export function hiddenRuns(mask: Mask, covered: string): Mask[] {
  if (mask.mask === covered) return [];
  if (mask.mask.length === covered.length) {
    const runs = differences(mask, covered);
    if (mask.opaque || !runs.some((run) => sharesCharacters(run.mask, covered))) return runs;
  }
  return [middle(mask, covered)];
}

/** Masks of several entities may have the text's length by chance, with what is readable between them out of its place. */
function sharesCharacters(mask: string, covered: string): boolean {
  const characters = new Set(covered);
  return [...mask].some((character) => characters.has(character));
}

function differences({ start, mask }: Mask, covered: string): Mask[] {
  const runs: Mask[] = [];
  for (let at = 0; at < covered.length; at++) {
    if (mask[at] === covered[at]) continue;
    const last = runs.at(-1);
    if (last?.end === start + at) {
      last.end++;
      last.mask += mask.charAt(at);
    } else {
      runs.push({ start: start + at, end: start + at + 1, mask: mask.charAt(at), opaque: true });
    }
  }
  return runs;
}

function middle({ start, end, mask, opaque }: Mask, covered: string): Mask {
  const most = Math.min(mask.length, covered.length);
  let before = 0;
  while (before < most && mask[before] === covered[before]) before++;
  let after = 0;
  while (after < most - before && mask.at(-1 - after) === covered.at(-1 - after)) after++;
  return { start: start + before, end: end - after, mask: mask.slice(before, mask.length - after), opaque };
}
