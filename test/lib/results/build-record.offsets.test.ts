import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { STRING_INDEX_TYPES } from "../../../src/lib/documents/text-elements.ts";
import type { Task } from "../../../src/lib/language/analysis.ts";
import { buildRecord } from "../../../src/lib/results/build-record.ts";
import { answered, cutAndAnswer, input, tag, whole } from "./answers.ts";

const WORDS = ["Ana", "Zürich", "👩🏽‍🚀", "e\u0301te\u0301", "서울", "🇨🇭 team"];
const LAWFUL = fc.record({
  text: fc
    .array(
      fc.constantFrom(...WORDS, " ", " ", ". ", "\r\n", "\n\n", "👍🏿", "n\u0303", "\u1112\u1161\u11ab", "word", "漢"),
      {
        maxLength: 300,
        size: "max",
      },
    )
    // Words keep apart, so that each is found alone.
    .map((pieces) => pieces.join(" ")),
  unit: fc.constantFrom(...STRING_INDEX_TYPES),
  limits: fc.record({
    textElements: fc.integer({ min: 150, max: 600 }),
    bodyBytes: fc.integer({ min: 1200, max: 4000 }),
    overlap: fc.constantFrom(80, 120),
  }),
});

const entitiesTask = (stringIndexType: string): Task => {
  return { kind: "CustomEntityRecognition", name: "names", parameters: { stringIndexType } };
};

describe("offsets in records", () => {
  it("are places in the document whatever the task counts in and however the document was cut, each entity once", () => {
    fc.assert(
      fc.property(LAWFUL, ({ text, unit, limits }) => {
        fc.pre(text.trim() !== "");
        const task = entitiesTask(unit);
        const chunks = cutAndAnswer(text, limits, [task], (part) => ({ entities: tag(part, WORDS, unit) }));
        const [result] = buildRecord(input({ tasks: [task], chunks })).tasks ?? [];
        const entities = (result?.entities ?? []) as ReturnType<typeof tag>;
        expect(entities.map(({ offset, length }) => text.slice(offset, offset + length))).toEqual(
          entities.map((one) => one.text),
        );
        expect(entities).toEqual(tag(text, WORDS));
        expect(result?.warnings).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it("are right for every entity of a document of 600,000 characters", () => {
    let text = "";
    const places: number[] = [];
    for (let n = 0; text.length < 600_000; n++) {
      text += `This is sentence ${n} of a long report, 👍🏿 and it goes on.${n % 7 === 0 ? "\n\n" : " "}`;
      if (n % 11 !== 0) continue;
      places.push(text.length);
      text += "Zürich ";
    }
    const task = entitiesTask("Utf16CodeUnit");
    const limits = { textElements: 125_000, bodyBytes: 900_000, overlap: 1000 };
    const chunks = cutAndAnswer(text, limits, [task], (part) => ({ entities: tag(part, ["Zürich"]) }));
    const [result] = buildRecord(input({ tasks: [task], chunks })).tasks ?? [];
    expect(chunks.length).toBeGreaterThan(4);
    expect(result?.entities?.map(({ offset }) => offset)).toEqual(places);
  });

  it.each(["TextElements_v8", "UnicodeCodePoint"] as const)(
    "are converted from %s wherever they are in an answer",
    (unit) => {
      const text = "👩🏽‍🚀 loved e\u0301te\u0301";
      const [word] = tag(text, ["e\u0301te\u0301"], unit);
      const here = tag(text, ["e\u0301te\u0301"])[0];
      const nested = (span: object) => ({
        sentences: [{ ...span, targets: [{ ...span, relations: [] }], assessments: [span] }],
        entities: [{ name: "x", matches: [span] }],
        summaries: [{ text: "Summer", contexts: [span] }],
        unknown: { deep: [[span]] },
      });
      const task: Task = { kind: "SentimentAnalysis", name: "mood", parameters: { stringIndexType: unit } };
      const [result] =
        buildRecord(input({ tasks: [task], chunks: whole(text, [answered("mood", nested(word ?? {}))]) })).tasks ?? [];
      expect(result).toMatchObject(nested(here ?? {}));
    },
  );

  it("are left alone in a FHIR bundle, which counts in its own way", () => {
    const fhirBundle = { entry: [{ offset: 3, length: 2 }] };
    const task: Task = { kind: "Healthcare", name: "health", parameters: { stringIndexType: "UnicodeCodePoint" } };
    const chunks = whole("👍👍👍👍👍👍", [answered("health", { entities: [], relations: [], fhirBundle })]);
    expect(buildRecord(input({ tasks: [task], chunks })).tasks?.[0]).toMatchObject({ fhirBundle });
  });

  it("are kept, with a warning, when the service quotes another text than stands there", () => {
    const task = entitiesTask("Utf16CodeUnit");
    const found = [
      { text: "Ana", category: "Person", offset: 0, length: 3 },
      { text: "Bert", category: "Person", offset: 4, length: 4 },
    ];
    const chunks = whole("Ana, Bert", [
      answered("names", { entities: found }, { warnings: [{ code: "Other", message: "" }] }),
    ]);
    expect(buildRecord(input({ tasks: [task], chunks })).tasks?.[0]).toMatchObject({
      entities: found,
      warnings: [{ code: "Other" }, { code: "OffsetMismatch", message: expect.stringMatching(/^1 of the places/) }],
    });
  });
});
