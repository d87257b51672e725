import { describe, expect, it } from "vitest";
import { merge } from "./parts-of.ts";

const TEXT = "Good room. Bad staff here. Fine food. The end.";
const scores = (positive: number, neutral: number, negative: number) => ({ positive, neutral, negative });

function sentence(text: string, fields: object = {}, length = text.length) {
  return { text: text.slice(0, length), offset: TEXT.indexOf(text), length, sentiment: "neutral", ...fields };
}

function opinions(text: string, target: string, assessment: string, refs: string[]) {
  const at = (word: string) => ({ text: word, offset: TEXT.indexOf(word), length: word.length });
  return sentence(text, {
    targets: [{ ...at(target), relations: refs.map((ref) => ({ relationType: "assessment", ref })) }],
    assessments: [{ ...at(assessment), isNegated: false }],
  });
}

describe("merging SentimentAnalysis", () => {
  it("weighs the scores by the length of text that each chunk adds", () => {
    const merged = merge("SentimentAnalysis", "x".repeat(100), [
      { from: 0, to: 60, content: { sentiment: "positive", confidenceScores: scores(0.9, 0.1, 0), sentences: [] } },
      { from: 40, to: 100, content: { sentiment: "positive", confidenceScores: scores(0.5, 0.2, 0.3), sentences: [] } },
    ]);
    expect(merged.confidenceScores).toEqual(scores(0.74, 0.14, 0.12));
  });

  it("means numbers only: a score of another form stays with its chunk", () => {
    const chunk = { sentiment: "neutral", confidenceScores: { neutral: 1, since: { version: 9 } }, sentences: [] };
    const merged = merge("SentimentAnalysis", "ab", [
      { from: 0, to: 1, content: chunk },
      { from: 1, to: 2, content: chunk },
    ]);
    expect(merged.confidenceScores).toEqual({ neutral: 1 });
  });

  it("weighs scores by the text of the chunks that have any, and gives none when none has", () => {
    const chunk = (from: number, to: number, confidenceScores?: object) => {
      return {
        from,
        to,
        content: { sentiment: "neutral", sentences: [], ...(confidenceScores && { confidenceScores }) },
      };
    };
    const text = "x".repeat(80);
    const scored = [chunk(0, 30, scores(0.9, 0.1, 0)), chunk(30, 70), chunk(70, 80, scores(0.1, 0.5, 0.4))];
    expect(merge("SentimentAnalysis", text, scored).confidenceScores).toEqual(scores(0.7, 0.2, 0.1));
    const none = merge("SentimentAnalysis", text, [chunk(0, 30), chunk(30, 80, { since: {} })]);
    expect(none).toEqual({ sentiment: "neutral", sentences: [] });
    expect(none).not.toHaveProperty("confidenceScores");
  });

  it.each([
    [["positive", "positive"], "positive"],
    [["positive", "neutral"], "positive"],
    [["neutral", "negative"], "negative"],
    [["neutral", "neutral"], "neutral"],
    [["positive", "negative"], "mixed"],
    [["mixed", "neutral"], "mixed"],
    [["neutral", "positive", "negative"], "mixed"],
  ])("labels %j as %s", (labels, expected) => {
    const chunks = labels.map((sentiment, index) => {
      return { from: index, to: index + 1, content: { sentiment, confidenceScores: scores(0, 1, 0), sentences: [] } };
    });
    expect(merge("SentimentAnalysis", "abc", chunks).sentiment).toBe(expected);
  });

  it("keeps sentences of the overlap once, whole ones rather than cut ones, and points opinions at them", () => {
    const good = opinions("Good room.", "room", "Good", ["#/sentences/0/assessments/0"]);
    const bad = (refs: string[]) => opinions("Bad staff here.", "staff", "Bad", refs);
    const cutOff = sentence("Fine food.", {}, 4);
    const fine = opinions("Fine food.", "food", "Fine", ["#/sentences/1/assessments/0", "#/sentences/0/assessments/0"]);
    const end = sentence("The end.");
    const merged = merge("SentimentAnalysis", TEXT, [
      {
        from: 0,
        to: 31,
        content: {
          sentiment: "mixed",
          confidenceScores: scores(0, 0, 1),
          sentences: [good, bad(["#/sentences/1/assessments/0"]), cutOff],
        },
      },
      {
        from: 11,
        to: TEXT.length,
        content: {
          sentiment: "mixed",
          confidenceScores: scores(0, 0, 1),
          sentences: [bad(["#/sentences/0/assessments/0"]), fine, end],
        },
      },
    ]);
    expect(merged.sentences).toEqual([
      good,
      bad(["#/sentences/1/assessments/0"]),
      opinions("Fine food.", "food", "Fine", ["#/sentences/2/assessments/0", "#/sentences/1/assessments/0"]),
      end,
    ]);
  });

  it("keeps both pieces of a sentence that no chunk has whole, each with its own opinions", () => {
    const text = "y".repeat(3090);
    const piece = (offset: number, length: number, at: number) => ({
      text: text.slice(offset, offset + length),
      offset,
      length,
      targets: [
        { offset: at, length: 4, relations: [{ relationType: "assessment", ref: "#/sentences/0/assessments/0" }] },
      ],
      assessments: [{ offset: at + 9, length: 4 }],
    });
    const [left, right] = [piece(0, 2000, 100), piece(1000, 2090, 2500)];
    const of = (one: object) => ({ sentiment: "neutral", confidenceScores: {}, sentences: [one] });
    const merged = merge("SentimentAnalysis", text, [
      { from: 0, to: 2000, content: of(left) },
      { from: 1000, to: 3090, content: of(right) },
    ]);
    const [target] = right.targets;
    const moved = { ...target, relations: [{ relationType: "assessment", ref: "#/sentences/1/assessments/0" }] };
    expect(merged.sentences).toEqual([left, { ...right, targets: [moved] }]);
  });

  it("drops a pointer at an opinion that the kept sentence does not have", () => {
    const bad = opinions("Bad staff here.", "staff", "Bad", []);
    const fine = opinions("Fine food.", "food", "Fine", ["#/sentences/0/assessments/0"]);
    const merged = merge("SentimentAnalysis", TEXT, [
      {
        from: 0,
        to: 27,
        content: { sentiment: "mixed", confidenceScores: {}, sentences: [sentence("Bad staff here.")] },
      },
      { from: 11, to: TEXT.length, content: { sentiment: "mixed", confidenceScores: {}, sentences: [bad, fine] } },
    ]);
    expect(merged.sentences).toMatchObject([{ text: "Bad staff here." }, { targets: [{ relations: [] }] }]);
  });
});
