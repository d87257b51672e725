import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapePattern, sentences, termPattern, withoutOverlaps, words } from "../src/text.ts";

describe("sentences", () => {
  it.each([
    ["One. Two! Three?", ["One.", "Two!", "Three?"]],
    ["Version 1.2 is out. Fine.", ["Version 1.2 is out.", "Fine."]],
    ["A heading\n\nA paragraph.", ["A heading", "A paragraph."]],
    ["Windows\r\n\r\nlines", ["Windows", "lines"]],
    ["no end", ["no end"]],
    ['He said "Stop." Then left.', ['He said "Stop."', "Then left."]],
    ["  ", []],
  ])("the sentences of %j are %j", (text, expected) => {
    expect(sentences(text).map((sentence) => sentence.text)).toEqual(expected);
  });

  it("lie in the text where they say, without overlap", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("a", "B", ".", "!", " ", "\n", "\r\n", "…") }), (text) => {
        const found = sentences(text);
        for (const { text: sentence, offset, length } of found)
          expect(text.slice(offset, offset + length)).toBe(sentence);
        expect(withoutOverlaps(found)).toEqual(found);
      }),
    );
  });

  it("of a text without an end take time in proportion", () => {
    expect(sentences(`${".".repeat(60_000)}x${"\n ".repeat(30_000)}`)).toHaveLength(1);
  });
});

describe("terms", () => {
  it("are found as whole words, in any case, over any white space", () => {
    const pattern = termPattern("chest pain");
    expect("Chest\npain, chestpain, chest pains".match(pattern)).toEqual(["Chest\npain"]);
  });

  it("match just themselves when escaped", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => new RegExp(`^${escapePattern(text)}$`, "u").test(text)),
    );
  });
});

it("words keep their hyphens, apostrophes and marks", () => {
  expect(words("Mary's on-call cafe\u0301, 24/7").map(({ text }) => text)).toEqual([
    "Mary's",
    "on-call",
    "cafe\u0301",
    "24",
    "7",
  ]);
});
