import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { at, EmulatorFixture, type Loose, request } from "../emulator-fixture.ts";

let emulator: EmulatorFixture;
beforeAll(async () => {
  emulator = await EmulatorFixture.start();
});
afterAll(() => emulator.service.stop());

const UTF16 = { stringIndexType: "Utf16CodeUnit" };

function named(list: Loose, ...fields: string[]): unknown[] {
  return list.map((item) => fields.map((field) => item[field]).join(" "));
}

/** Every object of an answer that claims a place in the text and what stands there. */
function spans(value: unknown): { text: string; offset: number; length: number }[] {
  if (typeof value !== "object" || value === null) return [];
  const own = "offset" in value && "text" in value ? [value as { text: string; offset: number; length: number }] : [];
  return [...own, ...Object.values(value).flatMap(spans)];
}

const TEXT =
  "Dr. Ada Lovelace \u{1F469}\u{1F3FB}\u200D\u{1F680} from Contoso in Madrid wrote on 2026-02-03: great staff, friendly and fast! " +
  "Her cafe\u0301 number is 030 1234567, mail ada@contoso.example. The room was not clean, and the lift was broken. " +
  "She takes 400 mg ibuprofen twice daily for headache, without fever.";

describe.each(["TextElements_v8", "UnicodeCodePoint", "Utf16CodeUnit"] as const)("counted in %s", (stringIndexType) => {
  const cut = {
    TextElements_v8: (text: string) => text.match(/\P{M}\p{M}*/gu) ?? [],
    UnicodeCodePoint: (text: string) => [...text],
    Utf16CodeUnit: (text: string) => text.split(""),
  }[stringIndexType];

  it.each([
    ["EntityRecognition", {}],
    ["PiiEntityRecognition", {}],
    ["EntityLinking", {}],
    ["SentimentAnalysis", { opinionMining: true }],
    ["ExtractiveSummarization", {}],
    ["Healthcare", {}],
    ["CustomEntityRecognition", { projectName: "incidents", deploymentName: "production" }],
  ])("every place that %s names holds the text it names", async (kind, parameters) => {
    const text = `${TEXT} At 10:00 checkout-api gave HTTP 503 for 20 minutes.`;
    const answer = await emulator.analyze({ kind, parameters: { ...parameters, stringIndexType } }, text);
    const found = spans(answer);
    expect(found.length).toBeGreaterThan(1);
    for (const { text: expected, offset, length } of found) {
      expect(
        cut(text)
          .slice(offset, offset + length)
          .join(""),
      ).toBe(expected);
    }
  });
});

it("counts in text elements unless told otherwise", async () => {
  const task = { kind: "PiiEntityRecognition" };
  const answer = await emulator.analyze(task, "\u{1F469}\u{1F3FB}\u200D\u{1F680} an\u0303o SSN: 859-98-0987");
  expect(at(answer, "entities", 0)).toMatchObject({ category: "USSocialSecurityNumber", offset: 14, length: 11 });
});

describe("EntityRecognition", () => {
  it("names people, places, organisations and dates", async () => {
    const answer = await emulator.analyze({ kind: "EntityRecognition", parameters: UTF16 }, TEXT);
    expect(named(at(answer, "entities"), "category", "text")).toEqual([
      "Person Ada Lovelace",
      "Organization Contoso",
      "Location Madrid",
      "DateTime 2026-02-03",
      "PhoneNumber 030 1234567",
      "Email ada@contoso.example",
    ]);
    expect(at(answer, "entities", 0)).not.toHaveProperty("type");
  });

  it("has types, tags and lists of wanted and unwanted entities from 2024-11-01 on", async () => {
    const parameters = { ...UTF16, inclusionList: ["Location", "DateTime"], exclusionList: ["Date"] };
    const answer = await emulator.analyze({ kind: "EntityRecognition", parameters }, TEXT, {
      apiVersion: "2024-11-01",
    });
    expect(answer.entities).toMatchObject([
      { text: "Madrid", type: "City", tags: [{ name: "Location" }, { name: "City" }] },
    ]);
  });

  it("keeps overlapping entities only when asked to", async () => {
    const text = "See https://ada@contoso.example/x today.";
    const overlapPolicy = { policyKind: "allowOverlap" };
    const task = (parameters: object) => ({ kind: "EntityRecognition", parameters });
    const options = { apiVersion: "2024-11-01" };
    expect((await emulator.analyze(task({}), text, options)).entities).toHaveLength(1);
    expect((await emulator.analyze(task({ overlapPolicy }), text, options)).entities).toHaveLength(2);
  });
});

describe("PiiEntityRecognition", () => {
  const text = "Mail jane@contoso.example, call 030 1234567, ask Jane Doe.";
  const task = (parameters: object) => ({ kind: "PiiEntityRecognition", parameters });

  it.each([
    [{}, "2023-04-01", "Mail ********************, call ***********, ask ********."],
    [{ piiCategories: ["Person"] }, "2023-04-01", "Mail jane@contoso.example, call 030 1234567, ask ********."],
    [{ excludePiiCategories: ["Person"] }, "2023-04-01", "Mail ********************, call ***********, ask ********."],
    [
      { excludePiiCategories: ["Person", "Email"] },
      "2025-05-15-preview",
      "Mail jane@contoso.example, call ***********, ask Jane Doe.",
    ],
    [{ redactionCharacter: "#" }, "2025-05-15-preview", "Mail ####################, call ###########, ask ########."],
    [
      { excludePiiCategories: ["Person", "Email"] },
      "2024-11-01",
      "Mail ********************, call ***********, ask ********.",
    ],
    [
      { excludePiiCategories: ["Person", "Email"] },
      "2026-05-01",
      "Mail jane@contoso.example, call ***********, ask Jane Doe.",
    ],
    [
      { redactionCharacter: "#", redactionPolicy: { policyKind: "sing" } },
      "2026-05-01",
      "Mail ********************, call ***********, ask ********.",
    ],
    [
      { redactionPolicy: { policyKind: "MaskWithEntityType" } },
      "2025-05-15-preview",
      "Mail [EMAIL_1], call [PHONENUMBER_1], ask [PERSON_1].",
    ],
    [
      { redactionPolicy: { policyKind: "characterMask", redactionCharacter: "-" } },
      "2024-11-15-preview",
      "Mail --------------------, call -----------, ask --------.",
    ],
    [{ redactionPolicy: { policyKind: "doNotRedact" } }, "2025-05-15-preview", undefined],
    [
      { redactionPolicies: [{ policyKind: "entityMask" }] },
      "2026-05-01",
      "Mail [EMAIL_1], call [PHONENUMBER_1], ask [PERSON_1].",
    ],
    [
      {
        redactionPolicies: [
          { policyKind: "entityMask", entityTypes: ["Person"] },
          { policyKind: "noMask", entityTypes: ["Email"] },
          { policyKind: "characterMask", redactionCharacter: "#", unmaskLength: 4, isDefaultPolicy: true },
        ],
      },
      "2026-05-15-preview",
      "Mail jane@contoso.example, call #######4567, ask [PERSON_1].",
    ],
    [
      { redactionPolicies: [{ policyKind: "characterMask", unmaskLength: 2, unmaskFromEnd: false }] },
      "2025-11-15-preview",
      "Mail ja******************, call 03*********, ask Ja******.",
    ],
    [{ redactionPolicies: [{ policyKind: "noMask" }] }, "2026-05-01", undefined],
    [
      { valueExclusionPolicy: { excludedValues: ["JANE DOE"] } },
      "2025-05-15-preview",
      "Mail ********************, call ***********, ask Jane Doe.",
    ],
    [
      { valueExclusionPolicy: { caseSensitive: true, excludedValues: ["JANE DOE", "030 1234567"] } },
      "2026-05-01",
      "Mail ********************, call 030 1234567, ask ********.",
    ],
    [
      { confidenceScoreThreshold: { default: 0.9 } },
      "2026-05-01",
      "Mail jane@contoso.example, call 030 1234567, ask ********.",
    ],
    [
      {
        confidenceScoreThreshold: {
          default: 0.9,
          overrides: [
            { entity: "Email", value: 0.5, language: "en" },
            { entity: "PhoneNumber", value: 0.5, language: "de" },
          ],
        },
      },
      "2026-05-01",
      "Mail ********************, call 030 1234567, ask ********.",
    ],
  ])("redacts with %j in %s", async (parameters, apiVersion, expected) => {
    expect((await emulator.analyze(task(parameters), text, { apiVersion })).redactedText).toBe(expected);
  });

  it.each([
    ["2026-05-01", { redactionPolicies: [{ policyKind: "entityMask" }] }],
    ["2025-05-15-preview", { redactionPolicy: { policyKind: "entityMask" } }],
    ["2024-11-15-preview", { redactionPolicy: { policyKind: "maskWithEntityType" } }],
  ])("says in %s which mask stands for which entity, and where: equal entities have one", async (apiVersion, ways) => {
    const people = "\u{1F469} Jane Doe met John Smith and Jane Doe.";
    const answer = await emulator.analyze(task({ ...ways, stringIndexType: "UnicodeCodePoint" }), people, {
      apiVersion,
    });
    expect(answer.redactedText).toBe("\u{1F469} [PERSON_1] met [PERSON_2] and [PERSON_1].");
    expect(answer.entities).toMatchObject([
      { text: "Jane Doe", offset: 2, mask: "[PERSON_1]", maskOffset: 2, maskLength: 10 },
      { text: "John Smith", offset: 15, mask: "[PERSON_2]", maskOffset: 17, maskLength: 10 },
      { text: "Jane Doe", offset: 30, mask: "[PERSON_1]", maskOffset: 32, maskLength: 10 },
    ]);
  });

  it("names no mask of characters", async () => {
    const { entities } = await emulator.analyze(task({}), text, { apiVersion: "2026-05-01" });
    expect(JSON.stringify(entities)).not.toContain("mask");
  });

  it.each([
    ["a policy that is not played", { redactionPolicies: [{ policyKind: "syntheticReplacement" }] }, "policyKind"],
    ["a character that no policy knows", { redactionPolicies: [{ redactionCharacter: "x" }] }, "redactionCharacter"],
    ["a score above 1", { confidenceScoreThreshold: { default: 3 } }, "confidenceScoreThreshold.default"],
  ])("refuses %s", async (_, parameters, named) => {
    const refused = await emulator.run(request([text], [task(parameters)]), { apiVersion: "2026-05-01" });
    expect(refused.status).toBe(400);
    expect(at(refused.body, "error", "innererror", "message")).toContain(named);
  });

  it("keeps to health data's categories in that domain", async () => {
    const both = "IBAN DE44 5001 0517 5407 3249 31 of Jane Doe";
    const categories = async (domain: string): Promise<unknown[]> =>
      named(at(await emulator.analyze(task({ domain }), both), "entities"), "category");
    expect(await categories("none")).toEqual(["InternationalBankingAccountNumber", "Person"]);
    expect(await categories("phi")).toEqual(["Person"]);
  });
});

it("KeyPhraseExtraction gives each topic once", async () => {
  const text = "The dark theme is useful. A dark theme and keyboard shortcuts help us. Der dunkle Modus hilft.";
  const { keyPhrases } = await emulator.analyze({ kind: "KeyPhraseExtraction" }, text);
  expect(keyPhrases).toEqual(["dark theme", "useful", "keyboard shortcuts help", "dunkle Modus hilft"]);
});

describe("SentimentAnalysis", () => {
  it.each([
    ["The staff was friendly and helpful.", "positive"],
    ["The lift was broken. Terrible!", "negative"],
    ["Great room. Terrible breakfast.", "mixed"],
    ["The room has two windows.", "neutral"],
    ["The room was not clean.", "negative"],
    ["Das Zimmer war sauber und das Personal freundlich.", "positive"],
    ["El servicio es lento.", "negative"],
  ])("feels %j as %s", async (text, sentiment) => {
    const answer = await emulator.analyze({ kind: "SentimentAnalysis" }, text);
    expect(answer.sentiment).toBe(sentiment);
    const { positive, neutral, negative } = answer.confidenceScores as unknown as Record<string, number>;
    expect((positive ?? 0) + (neutral ?? 0) + (negative ?? 0)).toBeCloseTo(1);
    expect(at(answer, "sentences", 0)).not.toHaveProperty("targets");
  });

  it("ties what is judged to how it is judged by refs that lead there", async () => {
    const task = { kind: "SentimentAnalysis", parameters: { opinionMining: true, ...UTF16 } };
    const { body } = await emulator.run({
      analysisInput: {
        documents: [
          { id: "a", text: "Fine." },
          { id: "b", text: "Hello. The room was not clean." },
        ],
      },
      tasks: [task],
    });
    const results = at(body, "tasks", "items", 0, "results");
    const target = at(results, "documents", 1, "sentences", 1, "targets", 0);
    expect(target).toMatchObject({ text: "room", sentiment: "negative" });
    expect(target.relations).toEqual([{ relationType: "assessment", ref: "#/documents/1/sentences/1/assessments/0" }]);
    const ref = String(at(target, "relations", 0, "ref"))
      .slice(2)
      .split("/");
    expect(at(results, ...ref)).toMatchObject({ text: "clean", isNegated: true });
  });
});

it("EntityLinking gathers the mentions of one thing", async () => {
  const { entities } = await emulator.analyze({ kind: "EntityLinking" }, "Spain, España y Madrid. Spain!", {
    language: "es",
  });
  expect(entities).toMatchObject([
    { name: "Spain", matches: [{ offset: 0 }, { text: "España" }, { offset: 24 }], dataSource: "Wikipedia" },
    { name: "Madrid", url: "https://en.wikipedia.org/wiki/Madrid" },
  ]);
});

describe("summaries", () => {
  const text =
    "The harbour bridge closes in May. Engineers will replace the cables of the bridge. Ducks like the river. " +
    "Traffic over the bridge takes the harbour tunnel. A cafe sells cake.";

  it("extract the sentences that say most, in reading order", async () => {
    const task = { kind: "ExtractiveSummarization", parameters: { sentenceCount: 2, ...UTF16 } };
    const answer = await emulator.analyze(task, text);
    expect(named(at(answer, "sentences"), "text")).toEqual([
      "The harbour bridge closes in May.",
      "Traffic over the bridge takes the harbour tunnel.",
    ]);
  });

  it("can come in order of rank", async () => {
    const task = { kind: "ExtractiveSummarization", parameters: { sentenceCount: 4, sortBy: "Rank" } };
    const ranks = at(await emulator.analyze(task, text), "sentences").map(({ rankScore }) => Number(rankScore));
    expect(ranks).toHaveLength(4);
    expect(ranks).toEqual(ranks.toSorted((a, b) => b - a));
  });

  it.each([
    ["2023-04-01", { summaryLength: "short" }, 2],
    ["2024-11-01", { summaryLength: "short" }, 1],
    ["2024-11-01", { summaryLength: "long", sentenceCount: 1 }, 4],
    ["2023-11-15-preview", { summaryLength: "medium" }, 2],
  ])("abstract in %s as long as %j asks", async (apiVersion, parameters, sentences) => {
    const answer = await emulator.analyze({ kind: "AbstractiveSummarization", parameters }, text, { apiVersion });
    expect(at(answer, "summaries", 0, "contexts")).toHaveLength(sentences);
  });

  it("abstract with contexts that lie in the text", async () => {
    const task = { kind: "AbstractiveSummarization", parameters: { sentenceCount: 1, ...UTF16 } };
    const { summaries } = await emulator.analyze(task, text);
    expect(summaries).toEqual([{ text: "The harbour bridge closes in May.", contexts: [{ offset: 0, length: 33 }] }]);
  });
});
