import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  countTextElements,
  STRING_INDEX_TYPES,
  type StringIndexType,
  toUtf16,
} from "../../../src/lib/documents/text-elements.ts";
import { locateSpans } from "../../../src/lib/results/build-record.ts";
import type { Fields } from "../../../src/lib/results/merge/parts.ts";

const COUNT: Readonly<Record<StringIndexType, (text: string) => number>> = {
  TextElements_v8: countTextElements,
  UnicodeCodePoint: (text) => [...text].length,
  Utf16CodeUnit: (text) => text.length,
};

const PIECES = ["👩🏽‍🚀", "e\u0301", "漢", " and ", "wrote.", "👍🏿 "];
const NAMES = ["Ana", "Zoe\u0308 👍", "Bob"];

/** Plays a service that masks names with numbered categories, counting in the given unit. */
function redact(pieces: readonly string[], unit: StringIndexType) {
  const count = COUNT[unit];
  const entities: Fields[] = [];
  let text = "";
  let redactedText = "";
  for (const piece of pieces) {
    if (NAMES.includes(piece)) {
      const mask = `[PERSON_${entities.length + 1}]`;
      const places = { offset: count(text), length: count(piece), maskOffset: count(redactedText) };
      entities.push({ text: piece, category: "Person", mask, ...places, maskLength: count(mask) });
      redactedText += mask;
    } else redactedText += piece;
    text += piece;
  }
  return { text, content: { redactedText, entities } };
}

describe("places of masks", () => {
  it("are UTF-16 code units of the redacted text beside them, whatever the task counts in", () => {
    const pieces = fc.array(fc.constantFrom(...PIECES, ...NAMES), { maxLength: 12 });
    fc.assert(
      fc.property(pieces, fc.constantFrom(...STRING_INDEX_TYPES), fc.nat(1000), (given, unit, offset) => {
        const { text, content } = redact(given, unit);
        const located = locateSpans(content, { offset, text }, toUtf16(text, unit)).content;
        for (const entity of located.entities as ReturnType<typeof redact>["content"]["entities"]) {
          const [at, length] = [Number(entity.maskOffset), Number(entity.maskLength)];
          expect(content.redactedText.slice(at, at + length)).toBe(entity.mask);
          expect(
            text.slice(Number(entity.offset) - offset, Number(entity.offset) - offset + Number(entity.length)),
          ).toBe(entity.text);
        }
      }),
    );
  });

  it("stay as they came where there is no redacted text", () => {
    const entity = { text: "Ana", offset: 1, length: 3, mask: "[P]", maskOffset: 1, maskLength: 3 };
    const text = "👍Ana";
    const located = locateSpans({ entities: [entity] }, { offset: 0, text }, toUtf16(text, "UnicodeCodePoint"));
    expect(located.content).toEqual({ entities: [{ ...entity, offset: 2 }] });
  });
});
