import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Fields } from "../../../../src/lib/results/merge/parts.ts";
import { entity, merge } from "./parts-of.ts";

type Name = ReturnType<typeof entity>;

/** Plays a service that masks the names of a chunk with their category and a number of its own. */
function maskedChunk(text: string, names: readonly Name[], { from, to }: { from: number; to: number }) {
  const entities: Fields[] = [];
  const numbers = new Map<string, number>();
  let redactedText = "";
  let at = from;
  for (const name of names) {
    if (name.offset < from || name.offset + name.length > to) continue;
    const number = (numbers.get(name.category) ?? 0) + 1;
    numbers.set(name.category, number);
    const mask = `[${name.category.toUpperCase()}_${number}]`;
    redactedText += text.slice(at, name.offset);
    entities.push({ ...name, mask, maskOffset: redactedText.length, maskLength: mask.length });
    redactedText += mask;
    at = name.offset + name.length;
  }
  return { from, to, content: { entities, redactedText: redactedText + text.slice(at, to) } };
}

function masksOf(merged: Record<string, unknown>) {
  const text = String(merged.redactedText);
  return (merged.entities as Fields[]).map(({ mask, maskOffset, maskLength }) => {
    const [start, length] = [Number(maskOffset), Number(maskLength)];
    return { mask, stands: text.slice(start, start + length) };
  });
}

const TEXT = "Ann called.   Then Bob left.";
const ann = entity(TEXT, "Ann", "Person");
const bob = entity(TEXT, "Bob", "Person");
const whole = { from: 0, to: TEXT.length };

describe("masks of merged entities", () => {
  it("stand where the entities say, with the numbers of their chunks", () => {
    const chunks = [maskedChunk(TEXT, [ann], { from: 0, to: 14 }), maskedChunk(TEXT, [bob], { from: 14, to: 28 })];
    const merged = merge("PiiEntityRecognition", TEXT, chunks);
    expect(merged.redactedText).toBe("[PERSON_1] called.   Then [PERSON_1] left.");
    expect(masksOf(merged)).toEqual(Array(2).fill({ mask: "[PERSON_1]", stands: "[PERSON_1]" }));
  });

  it("are those of the redacted text where two chunks number the same entity differently", () => {
    const right = maskedChunk(TEXT, [{ ...bob, confidenceScore: 0.99 }], { from: 14, to: 28 });
    const merged = merge("PiiEntityRecognition", TEXT, [maskedChunk(TEXT, [ann, bob], whole), right]);
    expect(merged.redactedText).toBe("[PERSON_1] called.   Then [PERSON_2] left.");
    expect(masksOf(merged)).toEqual([
      { mask: "[PERSON_1]", stands: "[PERSON_1]" },
      { mask: "[PERSON_2]", stands: "[PERSON_2]" },
    ]);
  });

  it("stand as the redacted text writes them: the service may state them in another case and length", () => {
    const left = maskedChunk(TEXT, [ann], { from: 0, to: 14 });
    const entities = left.content.entities.map((one) => ({ ...one, mask: "[Person_1]", maskLength: 9 }));
    const merged = merge("PiiEntityRecognition", TEXT, [
      { ...left, content: { ...left.content, entities } },
      maskedChunk(TEXT, [bob], { from: 14, to: 28 }),
    ]);
    expect(masksOf(merged)[0]).toEqual({ mask: "[PERSON_1]", stands: "[PERSON_1]" });
  });

  it("are left out where the redacted text does not bear them out, or covers more", () => {
    const odd = maskedChunk(TEXT, [ann], { from: 0, to: 14 });
    const longer = entity(TEXT, "n called", "Other");
    const right = maskedChunk(TEXT, [bob], { from: 14, to: 28 });
    for (const left of [
      { ...odd, content: { ...odd.content, redactedText: "something else" } },
      { ...odd, content: { ...odd.content, redactedText: "<1> called.   " } },
    ]) {
      const { entities } = merge("PiiEntityRecognition", TEXT, [left, right]);
      expect(entities).toEqual([ann, { ...bob, mask: "[PERSON_1]", maskOffset: 19, maskLength: 10 }]);
    }
    const crossed = merge("PiiEntityRecognition", TEXT, [odd, maskedChunk(TEXT, [longer], { from: 2, to: 28 })]);
    expect(crossed).toEqual({ redactedText: `${"*".repeat(10)}.   Then Bob left.`, entities: [ann, longer] });
    const { redactedText: _, ...bare } = odd.content;
    expect(merge("PiiEntityRecognition", TEXT, [{ ...odd, content: bare }, right])).toEqual({ entities: [ann, bob] });
  });

  it("are told apart where entities touch", () => {
    const text = "AnnBob called. Bob left.";
    const found = [
      entity(text, "Ann", "Person"),
      entity(text, "Bob", "Nickname"),
      entity(text, "Bob", "Person", {}, 9),
    ];
    const merged = merge("PiiEntityRecognition", text, [
      maskedChunk(text, found, { from: 0, to: 14 }),
      maskedChunk(text, found, { from: 14, to: text.length }),
    ]);
    expect(merged.redactedText).toBe("[PERSON_1][NICKNAME_1] called. [PERSON_1] left.");
    expect(masksOf(merged).map(({ stands }) => stands)).toEqual(["[PERSON_1]", "[NICKNAME_1]", "[PERSON_1]"]);
  });

  it("stay the service's own where their lengths add up to what they cover", () => {
    const text = "Annabella-Lou met Al. The end.";
    const found = [entity(text, "Annabella-Lou", "Person"), entity(text, "Al", "Person")];
    const [left] = [maskedChunk(text, found, { from: 0, to: 22 })];
    const content = {
      entities: found,
      redactedText: String(left?.content.redactedText)
        .replace("[PERSON_1]", "[NAME]")
        .replace("[PERSON_2]", "[PERSON]_"),
    };
    expect(content.redactedText).toHaveLength(22);
    const merged = merge("PiiEntityRecognition", text, [
      { from: 0, to: 22, content },
      { from: 22, to: text.length, content: { entities: [], redactedText: "The end." } },
    ]);
    expect(merged.redactedText).toBe("[NAME] met [PERSON]_. The end.");
  });

  it("use the character of a list of redaction policies where they cannot be told", () => {
    const merged = merge(
      "PiiEntityRecognition",
      TEXT,
      [
        { from: 0, to: 14, content: { entities: [ann], redactedText: "?" } },
        { from: 14, to: 28, content: { entities: [], redactedText: TEXT.slice(14) } },
      ],
      { redactionPolicies: [{ policyKind: "noMask" }, { policyKind: "characterMask", redactionCharacter: "#" }] },
    );
    expect(merged.redactedText).toBe(TEXT.replace("Ann", "###"));
  });

  it("stand where the entities say, however the text was cut", () => {
    const words = fc.array(
      fc.constantFrom("Ann", "Bob", "Annabella-Lou", "Al", "met", " ", ", ", "漢👍", "[PERSON_1]"),
      {
        maxLength: 40,
      },
    );
    fc.assert(
      fc.property(words, fc.nat(), fc.nat(12), (pieces, cutAt, overlap) => {
        const { text, names } = named(pieces);
        const cut = cutAt % (text.length + 1);
        const inside = names.some(({ offset, length }) => offset < cut && offset + length > cut && length > overlap);
        fc.pre(!inside);
        const merged = merge("PiiEntityRecognition", text, [
          maskedChunk(text, names, { from: 0, to: cut }),
          maskedChunk(text, names, { from: Math.max(0, cut - overlap), to: text.length }),
        ]);
        const masks = masksOf(merged);
        expect(masks).toHaveLength(names.length);
        let expected = "";
        let at = 0;
        for (const [index, { mask, stands }] of masks.entries()) {
          expect(stands).toMatch(/^\[PERSON_\d+\]$/);
          expect(mask).toBe(stands);
          expected += text.slice(at, names[index]?.offset) + stands;
          at = (names[index]?.offset ?? 0) + (names[index]?.length ?? 0);
        }
        expect(merged.redactedText).toBe(expected + text.slice(at));
      }),
      { numRuns: 300 },
    );
  });
});

function named(pieces: readonly string[]) {
  let text = "";
  const names: Name[] = [];
  for (const piece of pieces) {
    if (/^(Ann|Bob|Al)/.test(piece)) {
      names.push({ text: piece, category: "Person", offset: text.length, length: piece.length, confidenceScore: 0.9 });
    }
    text += piece;
  }
  return { text, names };
}
