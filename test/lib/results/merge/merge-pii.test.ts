import { describe, expect, it } from "vitest";
import { entity, merge } from "./parts-of.ts";

const TEXT = "Ana (555-0101) wrote to Berta, 555-0202, and Ana answered her. Zoë read it.";
const ana = entity(TEXT, "Ana", "Person");
const phone = entity(TEXT, "555-0101", "PhoneNumber");
const berta = entity(TEXT, "Berta", "Person");
const phone2 = entity(TEXT, "555-0202", "PhoneNumber");
const anaAgain = entity(TEXT, "Ana", "Person", {}, 10);
const zoe = entity(TEXT, "Zoë", "Person");

const CUTS = [
  { from: 0, to: 42, found: [ana, phone, berta, phone2] },
  { from: 24, to: TEXT.length, found: [berta, phone2, anaAgain, zoe] },
];

describe("merging redacted text", () => {
  it.each([
    ["asterisks", (found: typeof ana) => "*".repeat(found.length)],
    ["category names", (found: typeof ana) => `[${found.category.toUpperCase()}]`],
    ["nothing", () => ""],
    ["the text itself (doNotRedact)", (found: typeof ana) => found.text],
  ])("keeps the service's own masks: %s", (_, mask) => {
    const merged = merge(
      "PiiEntityRecognition",
      TEXT,
      CUTS.map(({ from, to, found }) => ({
        from,
        to,
        content: { entities: found, redactedText: redact(from, to, found, mask) },
      })),
    );
    expect(merged.redactedText).toBe(redact(0, TEXT.length, [ana, phone, berta, phone2, anaAgain, zoe], mask));
  });

  it("masks everywhere what only one of two overlapping chunks found", () => {
    const stars = (found: typeof ana) => "*".repeat(found.length);
    const merged = merge("PiiEntityRecognition", TEXT, [
      { from: 0, to: 42, content: { entities: [ana], redactedText: redact(0, 42, [ana], stars) } },
      {
        from: 24,
        to: TEXT.length,
        content: { entities: [phone2], redactedText: redact(24, TEXT.length, [phone2], stars) },
      },
    ]);
    expect(merged.redactedText).toBe(redact(0, TEXT.length, [ana, phone2], stars));
    expect(merged.entities).toEqual([ana, phone2]);
  });

  it("masks with the task's character when the service's text does not fit the document's", () => {
    const merged = merge(
      "PiiEntityRecognition",
      TEXT,
      [
        { from: 0, to: 30, content: { entities: [ana], redactedText: "something else altogether" } },
        { from: 30, to: TEXT.length, content: { entities: [], redactedText: TEXT.slice(30) } },
      ],
      { redactionPolicy: { policyKind: "characterMask", redactionCharacter: "#" } },
    );
    expect(merged.redactedText).toBe(TEXT.replace("Ana", "###"));
  });

  it("is left out when the service redacted nothing for a chunk", () => {
    const merged = merge("PiiEntityRecognition", TEXT, [
      { from: 0, to: 30, content: { entities: [ana] } },
      { from: 30, to: TEXT.length, content: { entities: [], redactedText: TEXT.slice(30) } },
    ]);
    expect(merged).toEqual({ entities: [ana] });
  });

  it("keeps the place of white space that was never sent", () => {
    const text = `Ana${" ".repeat(50)}Berta`;
    const merged = merge("PiiEntityRecognition", text, [
      { from: 0, to: 5, content: { entities: [], redactedText: "Ana  " } },
      { from: 51, to: 58, content: { entities: [entity(text, "Berta", "Person")], redactedText: "  *****" } },
    ]);
    expect(merged.redactedText).toBe(text.replace("Berta", "*****"));
  });
});

function redact(from: number, to: number, found: readonly (typeof ana)[], mask: (found: typeof ana) => string): string {
  let redacted = "";
  let at = from;
  for (const one of found) {
    redacted += TEXT.slice(at, one.offset) + mask(one);
    at = one.offset + one.length;
  }
  return redacted + TEXT.slice(at, to);
}
