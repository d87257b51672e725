import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type MarkedText, trainTagger } from "../../src/models/tagger.ts";

function marked(template: string): MarkedText {
  const entities: MarkedText["entities"][number][] = [];
  let text = "";
  for (const part of template.split(/(\[\w+:[^\]]+\])/)) {
    const [, category, name] = /^\[(\w+):([^\]]+)\]$/.exec(part) ?? [];
    if (category !== undefined && name !== undefined)
      entities.push({ category, offset: text.length, length: name.length });
    text += name ?? part;
  }
  return { text, entities };
}

const tag = trainTagger(
  [
    "[Code:E-12] broke [System:mail-gateway] for [Time:5 minutes], says [Person:Ann Lee].",
    "[Code:E-7] broke [System:web (new)] for [Time:2 minutes], says [Person:Bo Li].",
    "Ask the [Team:Mail team] or the [Team:Web team].",
  ].map(marked),
);
const found = (text: string): string[] =>
  tag(text).map((entity) => `${entity.category} ${entity.text} ${entity.confidenceScore}`);

describe("a tagger finds", () => {
  it.each([
    ["a name it was taught", "mail-gateway is up", ["System mail-gateway 0.98"]],
    ["one with signs that mean something in patterns", "the web (new) is up", ["System web (new) 0.98"]],
    ["a number of the same make", "E-99", ["Code E-99 0.87"]],
    ["another count with the same word", "took 30 minutes", ["Time 30 minutes 0.87"]],
    ["a name with the word that its kind shares", "the Storage team", ["Team Storage team 0.87"]],
    ["a name where names of its kind stood", "says Zoë Núñez.", ["Person Zoë Núñez 0.74"]],
    ["no name elsewhere", "Zoë Núñez was there", []],
    ["nothing inside a word", "xmail-gateway, mail-gateways, E-12a", []],
    ["no count of something else", "30 apples", []],
    ["nothing across lines", "30\nminutes", []],
  ])("a tagger finds %s", (_, text, expected) => {
    expect(found(text)).toEqual(expected);
  });

  it("what stands where it says, in order and without overlap", () => {
    const piece = fc.constantFrom(
      "E-1",
      "mail-gateway",
      "5 minutes",
      "says Ann Lee",
      " ",
      "e\u0301",
      "\u{1F600}",
      "the Mail team",
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join("");
        let end = 0;
        for (const { text: name, offset, length } of tag(text)) {
          expect(text.slice(offset, offset + length)).toBe(name);
          expect(offset).toBeGreaterThanOrEqual(end);
          end = offset + length;
        }
      }),
    );
  });
});
