const MARK = /^\p{M}$/u;
/** No combining mark comes before this character: most text needs no closer look. */
const FIRST_MARK = "\u0300";

/**
 * Splits a text into the units in which the service counts characters and, unless told otherwise, offsets
 * (`TextElements_v8`): a code point together with the combining marks (Mn, Mc, Me) that follow it. This is not modern
 * grapheme clustering: joiners and skin tones start new elements, as recorded answers of the service show for emoji
 * families; a lone surrogate counts as one.
 */
export function* textElements(text: string): Generator<string> {
  let element = "";
  for (const codePoint of text) {
    if (element !== "" && (codePoint < FIRST_MARK || !MARK.test(codePoint))) {
      yield element;
      element = "";
    }
    element += codePoint;
  }
  if (element !== "") yield element;
}

/** The length of a text as limits and `charactersCount` state it, whatever `stringIndexType` a task asks for. */
export function countTextElements(text: string): number {
  let count = 0;
  for (const _ of textElements(text)) count++;
  return count;
}
