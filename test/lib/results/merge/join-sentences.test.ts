import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { joinSentences } from "../../../../src/lib/results/merge/merge-sentiment.ts";

const LENGTH = 200;

interface Stretch {
  offset: number;
  length: number;
}

/** Plays a service: the sentences of a text that lie in a chunk, those at its ends cut off. */
function part(borders: readonly number[], from: number, to: number) {
  const inside = [from, ...borders.filter((at) => at > from && at < to), to];
  const sentences = inside.slice(1).map((end, index) => {
    const offset = inside[index] ?? 0;
    return { offset, length: end - offset };
  });
  const text = "x".repeat(to - from);
  return { offset: from, length: to - from, text, content: { sentences }, warnings: [], statistics: undefined };
}

const parts = fc
  .record({
    borders: fc.uniqueArray(fc.integer({ min: 1, max: LENGTH - 1 }), { maxLength: 12 }),
    cuts: fc.uniqueArray(fc.constantFrom(50, 100, 150), { minLength: 1 }),
    overlap: fc.integer({ min: 0, max: 24 }),
  })
  .map(({ borders, cuts, overlap }) => {
    const ends = [...cuts.toSorted((a, b) => a - b), LENGTH];
    const inOrder = borders.toSorted((a, b) => a - b);
    const chunks = ends.map((end, index) => part(inOrder, index === 0 ? 0 : (ends[index - 1] ?? 0) - overlap, end));
    const all = part(inOrder, 0, LENGTH).content.sentences;
    return { chunks, whole: all.filter((one) => chunks.some((chunk) => isWithin(one, chunk))), all };
  });

const isWithin = (one: Stretch, other: Stretch) =>
  one.offset >= other.offset && one.offset + one.length <= other.offset + other.length;

describe("joining sentences of chunks", () => {
  it("keeps every sentence that is whole in a chunk once, and of no other but pieces", () => {
    fc.assert(
      fc.property(parts, ({ chunks, whole, all }) => {
        const kept = joinSentences(chunks).kept.map(({ fields }) => fields as Stretch);
        expect(kept).toEqual(kept.toSorted((a, b) => a.offset - b.offset));
        for (const one of whole) expect(kept.filter((other) => isWithin(other, one))).toEqual([one]);
        for (const one of kept) expect(all.some((sentence) => isWithin(one, sentence))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("loses no more than a quarter of any sentence that a chunk found, and finds what stands for it", () => {
    fc.assert(
      fc.property(parts, ({ chunks }) => {
        const joined = joinSentences(chunks);
        const covered = new Set<number>();
        for (const { fields } of joined.kept) {
          for (let at = fields.offset; at < fields.offset + fields.length; at++) covered.add(at);
        }
        for (const [number, { content }] of chunks.entries()) {
          for (const [index, { offset, length }] of content.sentences.entries()) {
            const left = Array.from({ length }, (_, at) => offset + at).filter((at) => !covered.has(at));
            expect(left.length).toBeLessThanOrEqual(length / 4);
            const found = joined.find(number, index);
            expect(found?.sentence.fields).toEqual({ offset, length });
            expect(joined.kept[found?.position ?? -1]).toBe(found?.keeper);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
