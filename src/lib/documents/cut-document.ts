import { DocumentError } from "./document.ts";
import { TextBoundaries } from "./text-boundaries.ts";
import { type Extent, measureText, startOfTail } from "./text-elements.ts";

export interface CutLimits {
  /** Most text elements of a chunk. */
  textElements: number;
  /** Most bytes of a chunk's text as a JSON string in UTF-8, quotes included. */
  bodyBytes: number;
  /** How much of a chunk's end the next chunk repeats at most, in UTF-16 code units; 0: nothing. */
  overlap: number;
}

/** A part of a document short enough for one slot of a job. */
export interface Chunk {
  /** UTF-16 code units from the document's beginning. */
  offset: number;
  /** UTF-16 code units, the overlap with the chunk before included. */
  length: number;
  textElements: number;
  /** Bytes of the text as a JSON string in UTF-8, quotes included. */
  bodyBytes: number;
}

/** How far back from the limit a sentence or a word is looked for, in UTF-16 code units. */
const NEAR = 4096;
/** An overlap may use this share of each limit, so that every chunk brings mostly new text. */
const OVERLAP_SHARE = 0.25;

/**
 * Cuts a document into chunks that fit the limits: one if the whole fits, otherwise cut at the end of a paragraph, else of
 * a sentence, else before a word, and never inside a text element, a grapheme or a CR LF. The parts of the chunks that
 * are not overlap, joined, give the text back, with one exception: a run of white space so long that a chunk would hold
 * nothing else is left out, since the service refuses such a chunk as empty.
 *
 * Takes time proportional to the text and holds no copies of it.
 *
 * @throws DocumentError `UnbreakableText`: one grapheme alone is over a limit
 */
export function cutDocument(text: string, limits: CutLimits): Chunk[] {
  const boundaries = new TextBoundaries(text);
  const lastInk = text.trimEnd().length;
  const chunks: Chunk[] = [];
  let start = 0;
  let covered = 0;
  while (covered < text.length) {
    let end = endOfChunk(text, boundaries, { start, covered, lastInk }, limits);
    if (end === undefined && start < covered) {
      start = covered;
      end = endOfChunk(text, boundaries, { start, covered, lastInk }, limits);
    }
    if (end === undefined) throw unbreakable(start);
    const extent = measureText(text, { from: start, to: end });
    const blank = !/\S/.test(text.slice(start, end)) && !(start === 0 && end === text.length);
    if (!blank) chunks.push(chunkOf(start, extent));
    covered = end;
    start = blank || end === text.length ? end : overlapStart(text, boundaries, { start, end }, limits);
  }
  return chunks;
}

function chunkOf(offset: number, { end, textElements, bodyBytes }: Extent): Chunk {
  return { offset, length: end - offset, textElements, bodyBytes };
}

interface Place {
  /** Where the chunk begins. */
  start: number;
  /** Up to where earlier chunks reach: the chunk has to end after this. */
  covered: number;
  /** Behind this, the text is white space. */
  lastInk: number;
}

function endOfChunk(text: string, boundaries: TextBoundaries, place: Place, limits: CutLimits): number | undefined {
  const most = measureText(text, { from: place.start, to: text.length }, limits).end;
  if (most === text.length) return most;
  const end = bestEnd(boundaries, place, most);
  if (end === undefined || end < place.lastInk) return end;
  // Only white space would be left: leave it some text, if both together still fit into one chunk.
  const earlier = bestEnd(boundaries, place, place.lastInk - 1);
  const fits =
    earlier !== undefined && measureText(text, { from: earlier, to: text.length }, limits).end === text.length;
  return fits ? earlier : end;
}

/** The best boundary between what is covered and `most`; the further from `most`, the better it has to be. */
function bestEnd(boundaries: TextBoundaries, { start, covered }: Place, most: number): number | undefined {
  const fresh = most - covered;
  if (fresh <= 0) return undefined;
  const paragraph = boundaries.lastParagraph({ from: most - Math.floor(fresh / 4), to: most });
  if (paragraph !== undefined && paragraph > covered) return paragraph;
  const near = { from: Math.max(covered + 1, most - Math.min(NEAR, Math.floor(fresh / 2))), to: most };
  return (
    boundaries.sentences(near, start).at(-1) ??
    boundaries.words(near, start).at(-1) ??
    boundaries.last({ from: covered + 1, to: most }, start)
  );
}

/** Where the next chunk begins: at the beginning of a sentence, else of a word, in the last part of the chunk before. */
function overlapStart(
  text: string,
  boundaries: TextBoundaries,
  chunk: { start: number; end: number },
  limits: CutLimits,
): number {
  const { start, end } = chunk;
  if (limits.overlap <= 0) return end;
  const least = startOfTail(
    text,
    { from: Math.max(start + 1, end - limits.overlap), to: end },
    { textElements: limits.textElements * OVERLAP_SHARE, bodyBytes: limits.bodyBytes * OVERLAP_SHARE },
  );
  const upTo = (part: number) => ({ from: least, to: Math.min(end - 1, least + Math.floor((end - least) * part)) });
  return (
    boundaries.sentences(upTo(0.5), start)[0] ??
    boundaries.words(upTo(0.75), start)[0] ??
    boundaries.first(upTo(1), start) ??
    end
  );
}

function unbreakable(offset: number): DocumentError {
  return new DocumentError({
    code: "UnbreakableText",
    message: `At character ${offset} of the document stands one written character, made of very many code points, that is longer than a whole chunk may be`,
    hint: "This is hardly real text: look at the document at that place, repair it, and upload it again.",
  });
}
