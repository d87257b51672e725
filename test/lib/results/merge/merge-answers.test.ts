import { describe, expect, it } from "vitest";
import type { TaskKind } from "../../../../src/lib/language/analysis.ts";
import { merge } from "./parts-of.ts";

const TEXT = "x".repeat(100);

function halves(left: object, right: object) {
  return [
    { from: 0, to: 75, content: { ...left } },
    { from: 75, to: 100, content: { ...right } },
  ];
}

describe("merging CustomSingleLabelClassification", () => {
  const label = (category: string, confidenceScore: number) => ({ classes: [{ category, confidenceScore }] });

  it("takes the class with the highest mean, weighted by length", () => {
    expect(merge("CustomSingleLabelClassification", TEXT, halves(label("a", 0.6), label("b", 0.9)))).toEqual(
      label("a", 0.45),
    );
    expect(merge("CustomSingleLabelClassification", TEXT, halves(label("a", 0.2), label("b", 0.9)))).toEqual(
      label("b", 0.225),
    );
    expect(merge("CustomSingleLabelClassification", TEXT, halves(label("a", 0.6), label("a", 0.8)))).toEqual(
      label("a", 0.65),
    );
  });

  it("has no class when no chunk has one", () => {
    expect(merge("CustomSingleLabelClassification", TEXT, halves({ classes: [] }, { classes: [] }))).toEqual({
      classes: [],
    });
  });
});

describe("merging CustomMultiLabelClassification", () => {
  it("takes every class at its highest score, the surest first", () => {
    const left = [
      { category: "a", confidenceScore: 0.6 },
      { category: "b", confidenceScore: 0.7 },
    ];
    const right = [
      { category: "b", confidenceScore: 0.65 },
      { category: "a", confidenceScore: 0.8, extra: 1 },
      { category: "c", confidenceScore: 0.5 },
    ];
    expect(merge("CustomMultiLabelClassification", TEXT, halves({ classes: left }, { classes: right }))).toEqual({
      classes: [
        { category: "a", confidenceScore: 0.8, extra: 1 },
        { category: "b", confidenceScore: 0.7 },
        { category: "c", confidenceScore: 0.5 },
      ],
    });
  });
});

describe("merging KeyPhraseExtraction", () => {
  it("takes each phrase once, in its first form", () => {
    const [left, right] = [{ keyPhrases: ["Zürich", "Red Wine"] }, { keyPhrases: ["red wine", "ZÜRICH", "cheese"] }];
    expect(merge("KeyPhraseExtraction", TEXT, halves(left, right))).toEqual({
      keyPhrases: ["Zürich", "Red Wine", "cheese"],
    });
  });
});

describe("merging EntityLinking", () => {
  const match = (offset: number, confidenceScore: number) => ({ text: "xx", offset, length: 2, confidenceScore });

  it("unites entities of one address, or of one id in one source, with every match once", () => {
    const berne = { name: "Bern", url: "https://example.org/Bern", dataSource: "Wikipedia", id: "Bern" };
    const noUrl = { name: "X", dataSource: "Own", id: "7" };
    const merged = merge("EntityLinking", TEXT, [
      {
        from: 0,
        to: 60,
        content: {
          entities: [
            { ...berne, matches: [match(50, 0.5), match(1, 0.4)] },
            { ...noUrl, matches: [match(9, 1)] },
          ],
        },
      },
      {
        from: 45,
        to: 100,
        content: {
          entities: [
            { ...noUrl, name: "other name", matches: [match(70, 1)] },
            { ...berne, matches: [match(50, 0.8), match(90, 0.1)] },
            { ...berne, url: "https://example.org/Bern_(US)", matches: [match(80, 0.1)] },
          ],
        },
      },
    ]);
    expect(merged.entities).toEqual([
      { ...berne, matches: [match(1, 0.4), match(50, 0.8), match(90, 0.1)] },
      { ...noUrl, matches: [match(9, 1), match(70, 1)] },
      { ...berne, url: "https://example.org/Bern_(US)", matches: [match(80, 0.1)] },
    ]);
  });
});

describe("merging ExtractiveSummarization", () => {
  const ranked = (offset: number, rankScore: number, length = 10) => ({
    text: TEXT.slice(0, length),
    offset,
    length,
    rankScore,
  });
  const chunks = [
    { from: 0, to: 60, content: { sentences: [ranked(0, 0.2), ranked(20, 1), ranked(50, 0.4)] } },
    { from: 45, to: 100, content: { sentences: [ranked(50, 0.4), ranked(70, 0.9), ranked(90, 0.3)] } },
  ];

  it.each([
    [{}, [20, 50, 70]],
    [{ sortBy: "Offset", sentenceCount: 2 }, [20, 70]],
    [{ sortBy: "Rank", sentenceCount: 4 }, [20, 70, 50, 90]],
    [{ sentenceCount: 20 }, [0, 20, 50, 70, 90]],
  ])("takes the highest ranked sentences as %j asks", (parameters, offsets) => {
    const { sentences } = merge("ExtractiveSummarization", TEXT, chunks, parameters);
    expect(sentences).toMatchObject(offsets.map((offset) => ({ offset })));
  });
});

describe("merging AbstractiveSummarization", () => {
  it("puts the summaries one after another", () => {
    const summary = (text: string, offset: number) => ({ summaries: [{ text, contexts: [{ offset, length: 5 }] }] });
    expect(merge("AbstractiveSummarization", TEXT, halves(summary("One.", 0), summary("Two.", 75)))).toEqual({
      summaries: [
        { text: "One.", contexts: [{ offset: 0, length: 5 }] },
        { text: "Two.", contexts: [{ offset: 75, length: 5 }] },
      ],
    });
  });
});

describe("merging fields that have no rule", () => {
  it("keeps those that all chunks agree on", () => {
    const left = { keyPhrases: ["a"], detectedLanguage: { iso6391Name: "en" }, novelty: 1 };
    const right = { keyPhrases: ["b"], detectedLanguage: { iso6391Name: "en" }, novelty: 2 };
    expect(merge("KeyPhraseExtraction", TEXT, halves(left, right))).toEqual({
      keyPhrases: ["a", "b"],
      detectedLanguage: { iso6391Name: "en" },
    });
  });

  it("has nothing else to say about a kind of task that is new", () => {
    const kind = "ClairvoyanceExtraction" as TaskKind;
    expect(merge(kind, TEXT, halves({ visions: ["a"], unit: "day" }, { visions: ["b"], unit: "day" }))).toEqual({
      unit: "day",
    });
  });
});
