import { type AnswerPart, endOf, isSpan, listOf } from "./parts.ts";

/** A stretch of the document and what the service wrote in its place. */
export interface Mask {
  start: number;
  end: number;
  mask: string;
  /** Nothing of what it covers shows within it, apart from a beginning or an end left as they were. */
  opaque: boolean;
}

/** A mask as a chunk has it, of all its entities at this place. */
export interface ReadMask extends Mask {
  /** The service itself says that it masked this entity so, and the redacted text bears it out. */
  certain: boolean;
}

/** A stretch of a chunk that is masked as a whole. */
interface Stretch {
  start: number;
  end: number;
  /** What the service says it wrote there (`mask` of entities with just this span). */
  stated: string[];
  /** Of several entities that lie over one another or touch. */
  joined: boolean;
}

interface Place {
  redacted: string;
  /** Where the mask begins. */
  at: number;
  stretch: Stretch;
  /** What the stretch covers. */
  covered: string;
  /** The text that stands between the mask and the next one. */
  after: string;
  /** No mask follows. */
  last: boolean;
}

/** Where a mask ends; negative if it cannot be there. */
type FindEnd = (place: Place) => number;

const sameLength: FindEnd = ({ at, stretch }) => at + stretch.end - stretch.start;

/** Left readable, else up to where the text goes on. */
const search: FindEnd = ({ redacted, at, covered, after, last }) => {
  if (last) return redacted.length - after.length;
  return redacted.startsWith(covered + after, at) ? at + covered.length : redacted.indexOf(after, at);
};

/** As stated, upper and lower case alike: the specification's own example states `[Person_1]` for `[PERSON_1]`. */
function statedOr(otherwise: FindEnd): FindEnd {
  return (place) => {
    const { redacted, at, stretch, after } = place;
    if (stretch.stated.length === 0) return otherwise(place);
    const ends = stretch.stated
      .filter((mask) => redacted.slice(at, at + mask.length).toLowerCase() === mask.toLowerCase())
      .map((mask) => at + mask.length);
    return ends.find((end) => redacted.startsWith(after, end)) ?? -1;
  };
}

/** Ways to tell the masks of a redacted text, the surest first. */
const READINGS: readonly { stated: boolean; findEnd: FindEnd }[] = [
  { stated: true, findEnd: statedOr(sameLength) },
  { stated: true, findEnd: statedOr(search) },
  { stated: false, findEnd: sameLength },
  { stated: false, findEnd: search },
];

/**
 * The masks in the redacted text of a chunk: asterisks, category names, numbered ones, … Where they cannot be told from
 * the text around them, `character` for each code unit of what they cover.
 */
export function readMasks(part: AnswerPart, character: string): ReadMask[] {
  const redacted = String(part.content.redactedText);
  for (const { stated, findEnd } of READINGS) {
    const stretches = stretchesOf(part, stated);
    const masks = align(part.text, redacted, stretches, findEnd);
    if (masks === undefined) continue;
    return stretches.map((stretch, index) => {
      const certain = stated && stretch.stated.length > 0;
      return { ...inDocument(stretch, part), mask: masks[index] ?? "", opaque: certain || !stretch.joined, certain };
    });
  }
  return stretchesOf(part, false).map((stretch) => ({
    ...inDocument(stretch, part),
    mask: character.repeat(stretch.end - stretch.start),
    opaque: true,
    certain: false,
  }));
}

function inDocument({ start, end }: Stretch, { offset }: AnswerPart) {
  return { start: offset + start, end: offset + end };
}

/**
 * What is masked, in the order of the text. Entities that overlap are one stretch; so are those that touch, since no text
 * between them tells where one mask ends, unless both masks are stated.
 */
function stretchesOf(part: AnswerPart, useStated: boolean): Stretch[] {
  const stretches: Stretch[] = [];
  const spans = listOf(part.content, "entities").filter(isSpan);
  for (const span of spans.toSorted((a, b) => a.offset - b.offset || b.length - a.length)) {
    const start = span.offset - part.offset;
    const end = endOf(span) - part.offset;
    const stated = useStated && typeof span.mask === "string" ? [span.mask] : [];
    const last = stretches.at(-1);
    const bothStated = stated.length > 0 && last !== undefined && last.stated.length > 0;
    if (last === undefined || start > last.end || (start === last.end && bothStated)) {
      stretches.push({ start, end, stated, joined: false });
    } else if (end > last.end) {
      last.end = end;
      last.stated = [];
      last.joined = true;
    } else if (start === last.start && end === last.end) {
      last.stated.push(...stated);
    } else {
      last.joined = true;
    }
  }
  return stretches;
}

/** Finds each mask between the stretches of text that stay as they were; undefined when the two texts do not fit. */
function align(text: string, redacted: string, stretches: readonly Stretch[], findEnd: FindEnd): string[] | undefined {
  const masks: string[] = [];
  const first = stretches[0]?.start ?? text.length;
  if (!redacted.startsWith(text.slice(0, first))) return undefined;
  let at = first;
  for (const [index, stretch] of stretches.entries()) {
    const next = stretches[index + 1];
    const covered = text.slice(stretch.start, stretch.end);
    const after = text.slice(stretch.end, next?.start);
    const maskEnd = findEnd({ redacted, at, stretch, covered, after, last: next === undefined });
    if (maskEnd < at || !redacted.startsWith(after, maskEnd)) return undefined;
    masks.push(redacted.slice(at, maskEnd));
    at = maskEnd + after.length;
  }
  return at === redacted.length ? masks : undefined;
}

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
