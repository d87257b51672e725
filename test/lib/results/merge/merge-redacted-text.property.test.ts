import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Fields } from "../../../../src/lib/results/merge/parts.ts";
import { merge } from "./parts-of.ts";

const LENGTH = 60;
/** No character twice, so that a redacted text tells which of them it hides. */
const TEXT = String.fromCodePoint(...Array.from({ length: LENGTH }, (_, index) => 0x4e00 + index));

const POLICIES = ["stars", "name", "statedName", "nothing", "readable", "statedReadable", "lastShown", "firstShown"];

const spans = fc.record({ offset: fc.nat(LENGTH - 1), length: fc.integer({ min: 1, max: 12 }) });

/** What a chunk finds and how it redacts that; what else it lists, over others perhaps, without redacting it. */
const answers = fc.record({
  from: fc.nat(20),
  to: fc.integer({ min: 40, max: LENGTH }),
  found: fc.array(fc.tuple(spans, fc.constantFrom(...POLICIES)), { maxLength: 8 }),
  listed: fc.array(spans, { maxLength: 2 }),
});

type Answer = typeof answers extends fc.Arbitrary<infer Value> ? Value : never;

/** Plays a service that redacts each entity of a chunk in a way of its own. */
function redactedChunk({ from, to, found, listed }: Answer) {
  const entities: Fields[] = [];
  let redactedText = "";
  let at = from;
  for (const [span, policy] of found.toSorted(([a], [b]) => a.offset - b.offset)) {
    if (span.offset < at || span.offset + span.length > to) continue;
    redactedText += TEXT.slice(at, span.offset);
    at = span.offset + span.length;
    const mask = maskOf(TEXT.slice(span.offset, at), policy, entities.length);
    const stated = policy.startsWith("stated") && { mask, maskOffset: redactedText.length, maskLength: mask.length };
    entities.push({ ...span, category: policy, ...stated });
    redactedText += mask;
  }
  const inside = listed.filter(({ offset, length }) => offset >= from && offset + length <= to);
  entities.push(...inside.map((span) => ({ ...span, category: "listed" })));
  return { from, to, content: { entities, redactedText: redactedText + TEXT.slice(at, to) } };
}

function maskOf(text: string, policy: string, index: number): string {
  if (policy === "nothing") return "";
  if (policy === "stars") return "*".repeat(text.length);
  if (policy === "lastShown") return text.slice(-2).padStart(text.length, "*");
  if (policy === "firstShown") return text.slice(0, 2).padEnd(text.length, "*");
  return policy.endsWith("eadable") ? text : `[NAME_${index}]`;
}

function mergedText(chunks: readonly ReturnType<typeof redactedChunk>[]): string {
  return String(merge("PiiEntityRecognition", TEXT, chunks).redactedText);
}

describe("merged redacted text", () => {
  it("hides every character that a chunk hides, and none outside what was found", () => {
    fc.assert(
      fc.property(fc.array(answers, { minLength: 1, maxLength: 3 }), (given) => {
        const whole = { from: 0, to: LENGTH, found: [], listed: [] };
        const chunks = [whole, ...given].map(redactedChunk).toSorted((a, b) => a.from - b.from);
        const text = mergedText(chunks);
        for (const [index, character] of [...TEXT].entries()) {
          const here = chunks.filter(({ from, to }) => index >= from && index < to);
          const hidden = here.some(({ content }) => !content.redactedText.includes(character));
          const inMask = here.some(({ content }) => content.entities.some((one) => covers(one, index)));
          if (hidden) expect(text).not.toContain(character);
          else if (!inMask) expect(text).toContain(character);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("hides the same in whatever order chunks of the same text come, with masks that stand where entities say", () => {
    fc.assert(
      fc.property(answers, answers, (one, other) => {
        const chunks = [one, other].map((answer) => redactedChunk({ ...answer, from: 0, to: LENGTH }));
        expect(shownIn(mergedText(chunks.toReversed()))).toEqual(shownIn(mergedText(chunks)));
        const { entities, redactedText } = merge("PiiEntityRecognition", TEXT, chunks);
        for (const { mask, maskOffset, maskLength } of entities as Fields[]) {
          if (mask === undefined) continue;
          const [start, length] = [Number(maskOffset), Number(maskLength)];
          expect(String(redactedText).slice(start, start + length)).toBe(mask);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

function covers({ offset, length }: Fields, index: number): boolean {
  return index >= Number(offset) && index < Number(offset) + Number(length);
}

function shownIn(redacted: string): string[] {
  return [...TEXT].filter((character) => redacted.includes(character));
}
