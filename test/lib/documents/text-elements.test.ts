import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countTextElements, STRING_INDEX_TYPES, toUtf16 } from "../../../src/lib/documents/text-elements.ts";

const FAMILY_WITH_SKIN_TONES =
  "\u{1f469}\u{1f3fb}\u200d\u{1f469}\u{1f3fd}\u200d\u{1f467}\u{1f3fe}\u200d\u{1f466}\u{1f3ff}";
const ZALGO = "o\u0335\u0308\u035b m\u0336\u0310 g\u0337\u0301\u0342";

/**
 * The first four are the service's own: the prefixes before ` SSN: 859-98-0987` in the string-encoding recordings of
 * azure-sdk-for-js, whose entity offsets are the prefix's length and six more.
 */
const COUNTS: readonly [name: string, text: string, elements: number, codePoints: number][] = [
  ["family emoji with skin tones (recorded: offset 17)", FAMILY_WITH_SKIN_TONES, 11, 11],
  ["decomposed diacritics (recorded: offset 9)", "an\u0303o", 3, 4],
  ["zalgo", ZALGO, 5, 13],
  ["precomposed Hangul (recorded: offset 8)", "\uc544\uac00", 2, 2],
  ["conjoining Hangul jamo", "\u1112\u1161\u11ab", 3, 3],
  ["CR LF", "a\r\nb", 4, 4],
  ["a flag", "\u{1f1e8}\u{1f1ed}", 2, 2],
  ["a keycap: variation selector and enclosing mark attach", "1\ufe0f\u20e3", 1, 3],
  ["a heart in colour", "\u2764\ufe0f", 1, 2],
  ["spacing marks", "\u0928\u093f", 1, 2],
  ["a mark with nothing before it", "\u0301a", 2, 2],
  ["marks beyond the basic plane", "\u{1d165}a\u{1d167}\u{e0100}", 2, 4],
  ["ASCII", "plain text", 10, 10],
  ["nothing", "", 0, 0],
];

describe("countTextElements", () => {
  it.each(COUNTS)("counts %s", (_, text, elements) => {
    expect(countTextElements(text)).toBe(elements);
  });

  it("agrees with a plain reading of the definition for any text", () => {
    fc.assert(
      fc.property(texts(), (text) => {
        expect(countTextElements(text)).toBe(elementsOf(text).length);
      }),
    );
  });
});

describe("toUtf16", () => {
  it.each(COUNTS)("finds the end of %s in each unit", (_, text, elements, codePoints) => {
    const whole = `${text} SSN`;
    expect(whole.slice(toUtf16(whole, "TextElements_v8").offset(elements + 1))).toBe("SSN");
    expect(whole.slice(toUtf16(whole, "UnicodeCodePoint").offset(codePoints + 1))).toBe("SSN");
    expect(whole.slice(toUtf16(whole, "Utf16CodeUnit").offset(text.length + 1))).toBe("SSN");
  });

  it("finds the beginning of every text element and of every code point", () => {
    fc.assert(
      fc.property(texts(), (text) => {
        for (const [unit, parts] of [
          ["TextElements_v8", elementsOf(text)],
          ["UnicodeCodePoint", [...text]],
          ["Utf16CodeUnit", text.split("")],
        ] as const) {
          const converter = toUtf16(text, unit);
          let start = 0;
          for (const [n, part] of parts.entries()) {
            expect(converter.offset(n)).toBe(start);
            start += part.length;
          }
          expect(converter.offset(parts.length)).toBe(text.length);
        }
      }),
    );
  });

  it.each(STRING_INDEX_TYPES)("stays within the text for offsets that %s cannot have", (unit) => {
    for (const text of ["ascii", "nicht ASCII: ü"]) {
      expect(toUtf16(text, unit).offset(-1)).toBe(0);
      expect(toUtf16(text, unit).offset(1000)).toBe(text.length);
    }
  });
});

function texts(): fc.Arbitrary<string> {
  const piece = fc.oneof(
    fc.constantFrom(
      "a",
      " ",
      "\r\n",
      "\u0301",
      "\u093f",
      "\ufe0f",
      "\u200d",
      FAMILY_WITH_SKIN_TONES,
      "\u1112\u1161",
      "한",
    ),
    fc.string({ unit: "binary", maxLength: 2 }),
  );
  return fc.array(piece, { maxLength: 60 }).map((parts) => parts.join(""));
}

function elementsOf(text: string): string[] {
  return text.match(/^\p{M}+|\P{M}\p{M}*/gsu) ?? [];
}
