import { distance } from "fastest-levenshtein";

/** Names further apart than this share of the longer one are different words, not slips of the finger. */
const FARTHEST = 0.4;

/**
 * The known name that a mistyped one most likely meant: upper and lower case count as equal.
 * Undefined when none is near enough to be worth suggesting.
 */
export function nearestName(mistyped: string, known: readonly string[]): string | undefined {
  let nearest: { name: string; share: number } | undefined;
  for (const name of known) {
    const share = distance(mistyped.toLowerCase(), name.toLowerCase()) / Math.max(mistyped.length, name.length);
    if (share <= FARTHEST && share < (nearest?.share ?? Number.POSITIVE_INFINITY)) nearest = { name, share };
  }
  return nearest?.name;
}
