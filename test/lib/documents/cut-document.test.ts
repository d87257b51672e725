import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Chunk, type CutLimits, cutDocument } from "../../../src/lib/documents/cut-document.ts";
import { countTextElements } from "../../../src/lib/documents/text-elements.ts";
import { processorMs } from "../../helpers/processor-time.ts";

/** Texts of pieces that are awkward to cut: all graphemes among them fit into the limits below. */
const pieces = fc.constantFrom(
  ...'aZ9 .,!?\t\n\r"\\\u0001',
  "\r\n",
  "\n\n",
  ". ",
  "word ",
  "n\u0303",
  "o\u0301\u0302\u0303",
  "👩🏻‍👩🏽‍👧🏾‍👦🏿",
  "❤️",
  "1️⃣",
  "🇨🇭",
  "한국어",
  "\u1112\u1161\u11ab",
  "\u200d",
  "क्षि",
  "நிலை",
  "ที่นี่",
  "漢字。",
  "日本語です。",
  "é",
  "中",
  "\u0600",
  "\u00a0",
  "\u2029",
  "ا",
  "\ufffd",
);
const texts = fc.array(pieces, { maxLength: 400, size: "max" }).map((parts) => parts.join(""));
const limits: fc.Arbitrary<CutLimits> = fc.record({
  textElements: fc.integer({ min: 40, max: 300 }),
  bodyBytes: fc.integer({ min: 200, max: 900 }),
  overlap: fc.constantFrom(0, 0, 1, 20, 60, 1000),
});

describe("cutDocument", () => {
  it("gives the text back when the chunks are joined without their overlap", () => {
    fc.assert(
      fc.property(texts, limits, (text, limits) => {
        const chunks = cut(text, limits);
        let joined = "";
        for (const { offset, length } of chunks) {
          joined += text.slice(joined.length, offset).replace(/\S/g, "?");
          joined += text.slice(joined.length, offset + length);
        }
        joined += text.slice(joined.length).replace(/\S/g, "?");
        expect(joined).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it("never exceeds a limit, and reports what each chunk comes to", () => {
    fc.assert(
      fc.property(texts, limits, (text, limits) => {
        for (const chunk of cut(text, limits)) {
          const part = text.slice(chunk.offset, chunk.offset + chunk.length);
          expect(chunk.textElements).toBe(countTextElements(part));
          expect(chunk.bodyBytes).toBe(Buffer.byteLength(JSON.stringify(part)));
          expect(chunk.textElements).toBeLessThanOrEqual(limits.textElements);
          expect(chunk.bodyBytes).toBeLessThanOrEqual(limits.bodyBytes);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("begins and ends chunks only between text elements, graphemes and lines", () => {
    fc.assert(
      fc.property(texts, limits, (text, limits) => {
        const legal = new Set([text.length]);
        for (const { index } of new Intl.Segmenter("en").segment(text)) {
          if (index === 0 || !/^\p{M}/u.test(text.slice(index))) legal.add(index);
        }
        for (const { offset, length } of cut(text, limits)) {
          expect(legal).toContain(offset);
          expect(legal).toContain(offset + length);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("repeats at most the overlap asked for, and always brings new text", () => {
    fc.assert(
      fc.property(texts, limits, (text, limits) => {
        const chunks = cut(text, limits);
        for (const [index, chunk] of chunks.entries()) {
          const before = chunks[index - 1];
          if (before === undefined) continue;
          const repeated = endOf(before) - chunk.offset;
          expect(repeated).toBeLessThanOrEqual(limits.overlap);
          expect(chunk.offset).toBeGreaterThan(before.offset);
          expect(endOf(chunk)).toBeGreaterThan(endOf(before));
        }
      }),
      { numRuns: 500 },
    );
  });

  it("never makes a chunk of white space only, which the service would refuse", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("a", "b. ", " ", "\n", "      \n\n"), { maxLength: 300, size: "max" }),
        limits,
        (parts, limits) => {
          const text = `x${parts.join("")}`;
          for (const { offset, length } of cut(text, limits)) {
            expect(text.slice(offset, offset + length)).toMatch(/\S/);
          }
        },
      ),
    );
  });

  it("leaves a document whole that fits exactly", () => {
    const text = 'né"'.repeat(10);
    const exact = { textElements: 30, bodyBytes: 52, overlap: 10 };
    expect(cut(text, exact)).toEqual([{ offset: 0, length: 30, textElements: 30, bodyBytes: 52 }]);
    expect(cut(text, { ...exact, textElements: 29 })).not.toHaveLength(1);
    expect(cut(text, { ...exact, bodyBytes: 51 })).not.toHaveLength(1);
  });

  it.each([
    [
      "after a blank line",
      "One two. Three four five six.\n\nSeven. Eight nine ten",
      "One two. Three four five six.\n\n",
    ],
    ["else after a sentence", "One two three four five. Six seven eight nine ten", "One two three four five. "],
    ["else before a word", "one two three four five six seven eight nine ten", "one two three four five six seven "],
    [
      "else between characters",
      "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
      "abcdefghijklmnopqrstuvwxyzabcdefghij",
    ],
  ])("cuts %s", (_, text, first) => {
    const [chunk] = cut(text, { textElements: 36, bodyBytes: 10_000, overlap: 0 });
    expect(text.slice(0, chunk?.length)).toBe(first);
  });

  it("begins the overlap at a sentence, or else a word", () => {
    const text = `${"Cats sleep a lot. ".repeat(20)}${"purr ".repeat(80)}`;
    const chunks = cut(text, { textElements: 200, bodyBytes: 10_000, overlap: 40 });
    expect(chunks.length).toBeGreaterThan(3);
    for (const { offset } of chunks.slice(1)) {
      expect(text.slice(offset)).toMatch(/^(Cats|purr)/);
      expect(text.charAt(offset - 1)).toBe(" ");
    }
  });

  it("leaves the last words to the end of a document that would otherwise be white space only", () => {
    const text = `${"a word ".repeat(20)}\n\n\n\n`;
    const chunks = cut(text, { textElements: 140, bodyBytes: 10_000, overlap: 0 });
    expect(chunks).toHaveLength(2);
    expect(endOf(chunks.at(-1))).toBe(text.length);
    expect(text.slice(chunks.at(-1)?.offset)).toMatch(/^\w/);
  });

  it("leaves out white space that would fill a chunk", () => {
    const text = `begin${" ".repeat(500)}end`;
    const chunks = cut(text, { textElements: 100, bodyBytes: 1000, overlap: 30 });
    expect(chunks.map(({ offset, length }) => text.slice(offset, offset + length).trim())).toEqual(["begin", "end"]);
  });

  it("refuses a single character that is longer than a chunk", () => {
    const text = `some text ${"e"}${"\u0301".repeat(1000)} and more`;
    expect(() => cut(text, { textElements: 50, bodyBytes: 500, overlap: 0 })).toThrow(
      expect.objectContaining({ name: "DocumentError", code: "UnbreakableText" }),
    );
  });

  it.each([
    ["prose", "A sentence of some words, as people write them. Then one more!\n\n"],
    ["one endless word", "abcdefghij"],
    ["words without white space or ASCII", "நிலைத்தன்மை"],
    ["flags", "🇨🇭"],
    ["white space", " "],
  ])("takes time proportional to the text: 1 MB of %s", (_, piece) => {
    const text = `x${piece.repeat(Math.ceil(1_000_000 / piece.length))}`;
    const taken = processorMs(() => {
      const chunks = cut(text, { textElements: 30_000, bodyBytes: 200_000, overlap: 1000 });
      expect(endOf(chunks.at(-1))).toBeGreaterThan(0);
    });
    expect(taken).toBeLessThan(3_300);
  });
});

function cut(text: string, limits: CutLimits): Chunk[] {
  return cutDocument(text, limits);
}

function endOf(chunk: Chunk | undefined): number {
  return chunk === undefined ? -1 : chunk.offset + chunk.length;
}
