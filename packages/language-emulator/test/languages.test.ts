import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { at, EmulatorFixture, KEY_PHRASES, request } from "./emulator-fixture.ts";

let emulator: EmulatorFixture;
beforeEach(async () => {
  emulator = await EmulatorFixture.start();
});
afterEach(() => emulator.service.stop());

describe("languages", () => {
  it("that a task does not know are a document's error, and the job succeeds", async () => {
    const documents = [
      { id: "a", text: "Hallo", language: "xx" },
      { id: "b", text: "Hola", language: "es" },
    ];
    const { body } = await emulator.run(request(documents, [{ kind: "EntityLinking" }]));
    expect(body).toMatchObject({ status: "succeeded", tasks: { completed: 1, failed: 0 } });
    const results = at(body, "tasks", "items", 0, "results");
    expect(at(results, "documents").map(({ id }) => id)).toEqual(["b"]);
    expect(results.errors).toEqual([
      {
        id: "a",
        error: {
          code: "InvalidArgument",
          message: "Invalid Language Code.",
          innererror: {
            code: "UnsupportedLanguageCode",
            message: expect.stringMatching(/^Invalid language code 'xx'\. Supported languages: en,es\. For additional/),
          },
        },
      },
    ]);
  });

  it("may name a region", async () => {
    expect(await emulator.analyze(KEY_PHRASES, "Colour", { language: "en-GB" })).toHaveProperty("keyPhrases");
  });

  it("are detected by previews that can", async () => {
    const options = { language: "auto", apiVersion: "2023-04-15-preview" };
    expect(await emulator.analyze(KEY_PHRASES, "Die Rechnung ist nicht richtig", options)).toMatchObject({
      detectedLanguage: { name: "German", iso6391Name: "de" },
      isLanguageDefaulted: false,
    });
    const documents = [{ id: "1", text: "x", language: "auto" }];
    const { body } = await emulator.run(request(documents, [KEY_PHRASES]));
    expect(at(body, "tasks", "items", 0, "results", "errors", 0, "error", "message")).toBe("Invalid Language Code.");
  });
});

describe("a document whose language is not known", () => {
  it("is taken to be in the default language, and says so", async () => {
    const documents = [{ id: "1", text: "12 + 30", language: "auto" }];
    const body = { ...request(documents, [KEY_PHRASES]), defaultLanguage: "es" };
    const answer = await emulator.run(body, { apiVersion: "2023-04-15-preview" });
    expect(at(answer.body, "tasks", "items", 0, "results", "documents", 0)).toMatchObject({
      detectedLanguage: { iso6391Name: "es", confidenceScore: 0 },
      isLanguageDefaulted: true,
    });
  });
});

describe("a language that a kind does not know", () => {
  it.each([
    ["EntityRecognition", "en,es,de,fr,zh-Hans,ar,cs,da,fi,hu,it,ja,ko,no,nl,pl,pt-BR,pt-PT,ru,sv,tr"],
    ["PiiEntityRecognition", "ja,ko,zh-Hans,de,en,es,fr,it,pt-BR,pt-PT"],
    ["KeyPhraseExtraction", "ja,ko,zh-Hans,da,fi,nl,pl,ru,sv,de,en,es,fr,it,pt-BR,pt-PT,af,bg,ca,el,et,hr"],
  ])("is refused by %s with its own list, as recorded", async (kind, languages) => {
    const { body } = await emulator.run(request([{ id: "1", text: "x", language: "xx" }], [{ kind }]));
    const error = at(body, "tasks", "items", 0, "results", "errors", 0, "error");
    expect(String(error.innererror?.message)).toContain(
      `Invalid language code 'xx'. Supported languages: ${languages},`,
    );
  });
});

describe("a health document", () => {
  it.each([
    [5_120, []],
    [5_121, ["DocumentTruncated"]],
  ])("of %i text elements has the warnings %j", async (length, codes) => {
    const document = await emulator.analyze({ kind: "Healthcare" }, "Fever. ".padEnd(length, "x "));
    expect(document.warnings?.map(({ code }) => String(code))).toEqual(codes);
  });
});

describe("language detection, which is answered at once", () => {
  const detect = (documents: readonly object[], query = "") =>
    emulator.call("POST", `/language/:analyze-text?api-version=2023-04-01${query}`, {
      kind: "LanguageDetection",
      analysisInput: { documents },
      parameters: { modelVersion: "latest" },
    });

  it("names the language of each document, and says of one that it cannot tell", async () => {
    const texts = [
      "The invoice was charged twice.",
      "Die Rechnung ist falsch.",
      "La factura no es correcta.",
      "Счёт оплачен дважды.",
      "請求書の金額が違います。",
      "12 + 30",
    ];
    const { status, body } = await detect(texts.map((text, index) => ({ id: String(index), text })));
    expect([status, body.kind, at(body, "results", "modelVersion")]).toEqual([
      200,
      "LanguageDetectionResults",
      "2022-10-01",
    ]);
    const found = at(body, "results", "documents").map(({ detectedLanguage }) => String(detectedLanguage?.iso6391Name));
    expect(found).toEqual(["en", "de", "es", "ru", "ja", "(Unknown)"]);
    expect(emulator.service.stats().analyses.filter(({ task }) => task === "LanguageDetection")).toHaveLength(6);
    expect(at(body, "results", "documents", 0)).toEqual({
      id: "0",
      detectedLanguage: { name: "English", iso6391Name: "en", confidenceScore: 0.99 },
      warnings: [],
    });
  });

  it("refuses single documents, and counts when statistics are asked for", async () => {
    const documents = [
      { id: "empty", text: " " },
      { id: "long", text: "x".repeat(5_121) },
      { id: "hint", text: "x", countryHint: "Spain" },
      { id: "good", text: "the end", countryHint: "US" },
    ];
    const { body } = await detect(documents, "&showStats=true");
    const errors = at(body, "results", "errors").map(({ id, error }) => `${id} ${error?.innererror?.code}`);
    expect(errors).toEqual(["empty InvalidDocument", "long InvalidDocument", "hint InvalidCountryHint"]);
    expect(at(body, "results", "statistics")).toEqual({
      documentsCount: 4,
      validDocumentsCount: 1,
      erroneousDocumentsCount: 3,
      transactionsCount: 1,
    });
  });

  it("refuses more than a thousand documents, none, and other kinds", async () => {
    const many = Array.from({ length: 1_001 }, (_, index) => ({ id: String(index), text: "x" }));
    const kind = await emulator.call("POST", "/language/:analyze-text?api-version=2023-04-01", {
      kind: "EntityRecognition",
      analysisInput: { documents: [{ id: "1", text: "x" }] },
    });
    expect([(await detect(many)).status, (await detect([])).status, kind.status]).toEqual([400, 400, 400]);
    expect((await emulator.call("POST", "/language/:analyze-text", {})).status).toBe(404);
  });
});
