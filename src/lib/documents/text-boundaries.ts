import { codePointAt, isCombiningMark } from "./text-elements.ts";

// One fixed locale, so that every machine cuts the same document alike.
const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
const words = new Intl.Segmenter("en", { granularity: "word" });
const sentences = new Intl.Segmenter("en", { granularity: "sentence" });

/**
 * Between two of these there is a grapheme boundary whatever stands around them: no rule of UAX #29 that forbids a break
 * (GB3 to GB13) has them on both sides.
 */
const INDEPENDENT =
  /[ -~\u00c0-\u024f\u0391-\u03c9\u0400-\u0482\u05d0-\u05ea\u0620-\u064a\u3041-\u3096\u30a1-\u30fa\u3400-\u9fff\uac00-\ud7a3]/;
const ASCII = /[ -~]/;
/** A letter that stands alone after ASCII: all but the four that UAX #29 counts as marks. */
const LETTER = /(?![\u0e33\u0eb3\uff9e\uff9f])\p{L}/u;

const BLANK_LINE = /(?:\r\n|\r|\n)[ \t]*(?:\r\n|\r|\n)(?:[ \t]*(?:\r\n|\r|\n))*|\u2029/g;

/** How much text around a stretch the rules for sentences and words get to see, in UTF-16 code units. */
const MARGIN = 64;
/** Where the last boundary of a stretch is looked for first. */
const NEAR = 256;

/** A stretch of a text in UTF-16 code units; both of its ends are possible boundaries. */
export interface Stretch {
  from: number;
  to: number;
}

/**
 * The places where a text may be cut: never inside a text element, a grapheme (UAX #29) or a CR LF.
 * The argument `floor` of all questions is a place known to be a boundary; nothing before it is looked at.
 */
export class TextBoundaries {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The last end of a paragraph (a blank line) in a stretch. */
  lastParagraph({ from, to }: Stretch): number | undefined {
    const ends = [...this.#text.slice(from, to).matchAll(BLANK_LINE)].map((end) => from + end.index + end[0].length);
    return ends.findLast((end) => this.#startsElement(end) && this.#text.slice(end - 1, end + 1) !== "\r\n");
  }

  /** The boundaries of a stretch at which a sentence begins. A line break ends a sentence. */
  sentences(stretch: Stretch, floor: number): number[] {
    return this.#legal(this.#starts(sentences, stretch, floor), stretch, floor);
  }

  /** The boundaries of a stretch at which a word begins after white space; without white space, at which any word begins. */
  words(stretch: Stretch, floor: number): number[] {
    const starts = this.#legal(this.#starts(words, stretch, floor), stretch, floor);
    const spaced = starts.filter((at) => /\s/.test(this.#text.charAt(at - 1)) && /\S/.test(this.#text.charAt(at)));
    return spaced.length > 0 ? spaced : starts;
  }

  /** The first boundary of a stretch. */
  first(stretch: Stretch, floor: number): number | undefined {
    return this.#all(stretch, floor)[0];
  }

  /** The last boundary of a stretch. */
  last(stretch: Stretch, floor: number): number | undefined {
    const near = { from: Math.max(stretch.from, stretch.to - NEAR), to: stretch.to };
    return this.#all(near, floor).at(-1) ?? this.#all(stretch, floor).at(-1);
  }

  #all(stretch: Stretch, floor: number): number[] {
    return this.#starts(graphemes, stretch, floor).filter((start) => this.#startsElement(start));
  }

  #legal(starts: number[], stretch: Stretch, floor: number): number[] {
    if (starts.length === 0) return starts;
    const all = new Set(this.#all(stretch, floor));
    return starts.filter((start) => all.has(start));
  }

  /** Where the segments of a stretch begin; segmenting starts at a sure boundary before it. */
  #starts(segmenter: Intl.Segmenter, { from, to }: Stretch, floor: number): number[] {
    if (from > to) return [];
    const anchor = this.#sureBoundary(Math.max(floor, from - MARGIN), floor);
    const end = Math.min(this.#text.length, to + MARGIN);
    const starts: number[] = [];
    for (const { index } of segmenter.segment(this.#text.slice(anchor, end))) {
      const start = anchor + index;
      if (start > to) break;
      if (start >= from && start > anchor) starts.push(start);
    }
    if (end === to) starts.push(end);
    return starts;
  }

  /** The last position up to the given one that can be told to be a grapheme boundary by its two neighbours alone. */
  #sureBoundary(position: number, floor: number): number {
    for (let at = position; at > floor; at--) {
      const before = this.#text.charAt(at - 1);
      const after = this.#text.charAt(at);
      if (before === "\n" || (INDEPENDENT.test(before) && INDEPENDENT.test(after))) return at;
      if (ASCII.test(before) && LETTER.test(after)) return at;
    }
    return floor;
  }

  /** False inside a text element: before a combining mark or the second half of a surrogate pair. */
  #startsElement(position: number): boolean {
    const unit = this.#text.charCodeAt(position);
    if (unit >= 0xdc00 && unit <= 0xdfff) return false;
    return !isCombiningMark(codePointAt(this.#text, position));
  }
}
