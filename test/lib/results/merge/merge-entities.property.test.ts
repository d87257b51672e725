import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { merge } from "./parts-of.ts";

const LENGTH = 120;
const TEXT = "abcdefghij".repeat(LENGTH / 10);

interface Truth {
  offset: number;
  length: number;
  category: string;
  subcategory?: string;
}

interface Extent {
  from: number;
  to: number;
}

/** Two to four chunks that overlap, no more than neighbours. */
const chunks = fc
  .record({
    cuts: fc.uniqueArray(fc.constantFrom(30, 60, 90), { minLength: 1 }),
    overlaps: fc.tuple(...Array.from({ length: 3 }, () => fc.integer({ min: 0, max: 14 }))),
  })
  .map(({ cuts, overlaps }): Extent[] => {
    const ends = [...cuts.toSorted((a, b) => a - b), LENGTH];
    return ends.map((to, index) => ({
      from: index === 0 ? 0 : (ends[index - 1] ?? 0) - (overlaps[index - 1] ?? 0),
      to,
    }));
  });

const truths = fc.array(
  fc.record(
    {
      offset: fc.integer({ min: 0, max: LENGTH - 15 }),
      length: fc.integer({ min: 1, max: 15 }),
      category: fc.constantFrom("A", "B"),
      subcategory: fc.constantFrom("x", "y"),
    },
    { requiredKeys: ["offset", "length", "category"] },
  ),
  { maxLength: 25 },
);

const inside = ({ offset, length }: Truth, { from, to }: Extent) => offset >= from && offset + length <= to;

const tagged = ({ offset, length, ...rest }: Truth) => {
  return { text: TEXT.slice(offset, offset + length), offset, length, ...rest, confidenceScore: 0.9 };
};

const sorted = (found: unknown) => (found as Truth[]).map((one) => JSON.stringify(one)).toSorted();

/** Equal ones once. */
const once = (found: readonly Truth[]) => [...new Set(sorted(found))];

describe("merging entities of chunks", () => {
  it("gives every entity that is whole in a chunk once, however they lie over one another", () => {
    fc.assert(
      fc.property(chunks, truths, fc.boolean(), (extents, given, reversed) => {
        const whole = given.filter((truth) => extents.some((extent) => inside(truth, extent)));
        const parts = extents.map(({ from, to }, index) => {
          const found = whole.filter((truth) => inside(truth, { from, to })).map(tagged);
          return { from, to, content: { entities: reversed && index % 2 === 1 ? found.toReversed() : found } };
        });
        const { entities } = merge("EntityRecognition", TEXT, parts);
        expect(sorted(entities)).toEqual(once(whole.map(tagged)));
      }),
      { numRuns: 1000 },
    );
  });

  it("leaves out the halves that chunks find of what a cut runs through, and nothing else", () => {
    fc.assert(
      fc.property(chunks, truths, fc.constantFrom("A", "Half"), (extents, given, category) => {
        const overlaps = extents.slice(1).map(({ from }, index) => (extents[index]?.to ?? 0) - from);
        // As when the overlap is longer than any entity: then no half fills it, which could not be told from an entity.
        const most = Math.min(...overlaps);
        const whole = given.filter((truth) => truth.length <= most && extents.some((extent) => inside(truth, extent)));
        const parts = extents.map(({ from, to }) => {
          const entities = whole.flatMap((truth) => {
            const start = Math.max(truth.offset, from);
            const end = Math.min(truth.offset + truth.length, to);
            if (start >= end) return [];
            if (inside(truth, { from, to })) return [tagged(truth)];
            return [
              tagged({ offset: start, length: end - start, category: category === "A" ? truth.category : category }),
            ];
          });
          return { from, to, content: { entities } };
        });
        const { entities } = merge("EntityRecognition", TEXT, parts);
        expect(sorted(entities)).toEqual(once(whole.map(tagged)));
      }),
      { numRuns: 1000 },
    );
  });
});
