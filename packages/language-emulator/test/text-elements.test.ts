import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countTextElements, positionMap, STRING_INDEX_TYPES, textElements } from "../src/text.ts";

// Offsets of what follows the text, as recorded from the live service for " SSN: 859-98-0987" behind each.
const FAMILY = "\u{1F469}\u{1F3FB}\u200D\u{1F469}\u{1F3FD}\u200D\u{1F467}\u{1F3FE}\u200D\u{1F466}\u{1F3FF}";

describe("text elements", () => {
  it.each([
    ["a family with skin tones", FAMILY, 11],
    ["letter and combining tilde", "an\u0303o", 3],
    ["stacked marks", "o\u0335\u0348\u0321m\u0337g\u0334\u0336", 3],
    ["precomposed Hangul", "\uC544\uAC00", 2],
    ["carriage return and line feed", "\r\n", 2],
    ["a flag", "\u{1F1E9}\u{1F1EA}", 2],
    ["a keycap", "1\uFE0F\u20E3", 1],
    ["a mark at the very start", "\u0303a", 2],
    ["a lone surrogate", "\uD83Dx", 2],
    ["nothing", "", 0],
  ])("counts %s as the service does", (_, text, count) => {
    expect(countTextElements(text)).toBe(count);
  });

  it("loses nothing", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => [...textElements(text)].join("") === text));
  });
});

describe("positions", () => {
  it.each([
    ["TextElements_v8", 17, 9],
    ["UnicodeCodePoint", 17, 10],
    ["Utf16CodeUnit", 25, 10],
  ] as const)("in %s place the number behind a family at %i and behind a decomposed ñ at %i", (type, family, tilde) => {
    const suffix = " SSN: 859-98-0987";
    const offset = (text: string): number => positionMap(text, type)(text.indexOf("859"));
    expect(offset(FAMILY + suffix)).toBe(family);
    expect(offset(`an\u0303o${suffix}`)).toBe(tilde);
  });

  it("never go backwards and end at the length", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.constantFrom(...STRING_INDEX_TYPES), (text, type) => {
        const map = positionMap(text, type);
        const mapped = Array.from({ length: text.length + 1 }, (_, position) => map(position));
        expect(mapped).toEqual(mapped.toSorted((a, b) => a - b));
        expect(mapped[0]).toBe(0);
      }),
    );
  });
});
