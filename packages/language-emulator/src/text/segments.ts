/** A stretch of a text; offset and length in UTF-16 code units. */
export interface Span {
  text: string;
  offset: number;
  length: number;
}

/** The span of `text` from `start` to `end`. */
export function spanOf(text: string, start: number, end: number): Span {
  return { text: text.slice(start, end), offset: start, length: end - start };
}

function matches(text: string, pattern: RegExp): Span[] {
  return [...text.matchAll(pattern)].map((match) => spanOf(text, match.index, match.index + match[0].length));
}

/** Letters with their marks, and numbers; inner hyphens and apostrophes belong to the word. */
export function words(text: string): Span[] {
  return matches(text, /[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(?:[-'’][\p{L}\p{N}][\p{L}\p{M}\p{N}]*)*/gu);
}

/** Sentences without the white space around them: they end at `.`, `!`, `?`, `…` before a space, or at an empty line. */
export function sentences(text: string): Span[] {
  const found: Span[] = [];
  let start = 0;
  const cut = (end: number): void => {
    const part = text.slice(start, end);
    const from = start + (part.length - part.trimStart().length);
    const to = start + part.trimEnd().length;
    if (to > from) found.push(spanOf(text, from, to));
    start = end;
  };
  const ends = /(?<![.!?…])[.!?…]+["”’)\]]*(?=\s|$)|\n[^\S\n]*(?=\n)/gu;
  for (const match of text.matchAll(ends)) cut(match.index + match[0].length);
  cut(text.length);
  return found;
}

/** Removes spans that overlap one already kept: earlier start wins, then the longer, then the earlier in the list. */
export function withoutOverlaps<T extends Span>(spans: readonly T[]): T[] {
  const sorted = spans.toSorted((a, b) => a.offset - b.offset || b.length - a.length);
  let end = 0;
  return sorted.filter((span) => {
    if (span.offset < end) return false;
    end = span.offset + span.length;
    return true;
  });
}

/** A pattern that finds a term as a whole word or words, whatever the white space between them. */
export function termPattern(term: string, flags = "giu"): RegExp {
  const body = term.split(/\s+/).map(escapePattern).join("\\s+");
  return new RegExp(`(?<![\\p{L}\\p{M}\\p{N}])${body}(?![\\p{L}\\p{M}\\p{N}])`, flags);
}

/** A string as a pattern that matches just it (also under the `u` flag, which refuses needless escapes). */
export function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&").replaceAll("-", "\\x2d");
}
