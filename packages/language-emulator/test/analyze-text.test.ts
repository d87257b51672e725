import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { at, EmulatorFixture, KEY_PHRASES, type Loose, locationOf, request, TICKETS } from "./emulator-fixture.ts";

let emulator: EmulatorFixture;
beforeEach(async () => {
  emulator = await EmulatorFixture.start();
});
afterEach(() => emulator.service.stop());

describe("a job", () => {
  it("is accepted with an empty answer that says where to look", async () => {
    const { status, headers, body } = await emulator.submit(request(["We were charged twice."], [TICKETS]));
    expect(status).toBe(202);
    expect(body).toBeUndefined();
    expect(headers.get("operation-location")).toMatch(
      new RegExp(`^${emulator.service.url}/language/analyze-text/jobs/[0-9a-f-]{36}\\?api-version=2023-04-01$`),
    );
    expect(Object.fromEntries(headers)).toMatchObject({
      "apim-request-id": expect.stringMatching(/^[0-9a-f-]{36}$/),
      "content-length": "0",
      "strict-transport-security": "max-age=31536000; includeSubDomains; preload",
      "x-content-type-options": "nosniff",
      "x-envoy-upstream-service-time": expect.stringMatching(/^\d+$/),
    });
    expect(headers.get("retry-after")).toBeNull();
  });

  it("goes from notStarted over running to succeeded, showing tasks as they finish", async () => {
    const tasks = ["a", "b", "c"].map((taskName) => ({ ...KEY_PHRASES, taskName }));
    const accepted = await emulator.submit({ ...request(["One fine day."], tasks), displayName: "three" });
    const look = async (): Promise<Loose> => (await emulator.call("GET", locationOf(accepted))).body;
    const seen: unknown[] = [await look()];
    for (const seconds of [5, 2, 2, 1]) {
      emulator.clock.advance(seconds);
      seen.push(await look());
    }
    expect(seen).toMatchObject([
      { status: "notStarted", tasks: { completed: 0, inProgress: 3, total: 3 } },
      { status: "running", tasks: { completed: 0, inProgress: 3 } },
      { status: "running", tasks: { completed: 1, inProgress: 2, items: [{}] } },
      { status: "running", tasks: { completed: 2, inProgress: 1, items: [{}, {}] } },
      { status: "succeeded", displayName: "three", tasks: { completed: 3, failed: 0, inProgress: 0, total: 3 } },
    ]);
    expect(at(seen[0], "tasks")).not.toHaveProperty("items");
    expect(at(seen[4], "tasks", "items").map(({ taskName }) => taskName)).toEqual(["a", "b", "c"]);
    expect(at(seen[4], "jobId")).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("answers classes as an array named class, with project and deployment and without model version", async () => {
    const { body } = await emulator.run(request(["Please refund the second payment of the invoice."], [TICKETS]));
    expect(at(body, "errors")).toEqual([]);
    expect(body).not.toHaveProperty("displayName");
    expect(at(body, "tasks", "items")).toEqual([
      {
        kind: "CustomSingleLabelClassificationLROResults",
        lastUpdateDateTime: expect.stringMatching(/^2026-03-01T12:00:10(\.\d+)?Z$/),
        status: "succeeded",
        results: {
          documents: [{ id: "1", class: [{ category: "billing", confidenceScore: expect.any(Number) }], warnings: [] }],
          errors: [],
          projectName: "tickets",
          deploymentName: "production",
        },
      },
    ]);
  });

  it.each([
    ["2022-04-01-preview", "lastUpdateDateTime"],
    ["2022-05-01", "lastUpdatedDateTime"],
    ["2022-10-01-preview", "lastUpdateDateTime"],
    ["2023-04-01", "lastUpdatedDateTime"],
    ["2024-11-01", "lastUpdatedDateTime"],
  ])("of version %s spells its date of change %s", async (apiVersion, field) => {
    const { body } = await emulator.run(request(["x"], [KEY_PHRASES]), { apiVersion });
    const other = field === "lastUpdateDateTime" ? "lastUpdatedDateTime" : "lastUpdateDateTime";
    expect(body).toMatchObject({
      [field]: "2026-03-01T12:00:10Z",
      createdDateTime: "2026-03-01T12:00:00Z",
      expirationDateTime: "2026-03-02T12:00:00Z",
    });
    expect(body).not.toHaveProperty(other);
  });

  it("is forgotten after 24 hours", async () => {
    const accepted = await emulator.submit(request(["x"], [KEY_PHRASES]));
    emulator.clock.advance(24 * 3_600 - 1);
    expect((await emulator.call("GET", locationOf(accepted))).status).toBe(200);
    emulator.clock.advance(1);
    const { status, body } = await emulator.call("GET", locationOf(accepted));
    expect([status, at(body, "error", "code")]).toEqual([404, "NotFound"]);
  });

  it("takes the same time whenever it is the same", async () => {
    const options = { jobSeconds: { from: 1, to: 3 } };
    const finished = async (seed: string, text: string): Promise<string> => {
      await using other = await EmulatorFixture.start({ ...options, seed });
      return String(
        at((await other.run(request([text], [KEY_PHRASES]))).body, "tasks", "items", 0, "lastUpdateDateTime"),
      );
    };
    expect(await finished("a", "x")).toBe(await finished("a", "x"));
    expect(await finished("a", "x")).not.toBe(await finished("b", "x"));
    expect(await finished("a", "x")).not.toBe(await finished("a", "y"));
  });
});

describe("paging", () => {
  const texts = Array.from({ length: 25 }, (_, index) => `Text number ${index}`);

  it("shows 20 documents of each task, and the rest behind nextLink, counted page by page", async () => {
    const { body } = await emulator.run(request(texts, [KEY_PHRASES, TICKETS]), { query: "&showStats=true" });
    const ids = (page: Loose, task: number): string[] =>
      at(page, "tasks", "items", task, "results", "documents").map(({ id }) => String(id));
    expect(ids(body, 0)).toHaveLength(20);
    expect(ids(body, 1)).toHaveLength(20);
    expect(at(body, "tasks", "items", 0, "results", "statistics", "documentsCount")).toBe(20);
    const nextLink = String(body.nextLink);
    expect(nextLink).toBe(
      `${emulator.service.url}/language/analyze-text/jobs/${body.jobId}?showStats=True&top=5&skip=20&api-version=2023-04-01`,
    );
    const second = await emulator.call("GET", nextLink);
    expect([...ids(body, 0), ...ids(second.body, 0)]).toEqual(texts.map((_, index) => String(index + 1)));
    expect(at(second.body, "tasks", "items", 1, "results", "statistics")).toEqual({
      documentsCount: 5,
      validDocumentsCount: 5,
      erroneousDocumentsCount: 0,
      transactionsCount: 5,
    });
    expect(second.body).not.toHaveProperty("nextLink");
  });

  it("follows top and skip", async () => {
    const { body } = await emulator.run(request(texts, [KEY_PHRASES]), { query: "&top=10&skip=10" });
    expect(at(body, "tasks", "items", 0, "results", "documents").map(({ id }) => id)[0]).toBe("11");
    expect(String(body.nextLink)).toContain("?showStats=False&top=5&skip=20&");
  });

  it.each(["top=0", "top=-1", "top=x", "skip=-1", "top=2147483648"])(
    "a page asked for with %s is refused",
    async (query) => {
      const { status, body } = await emulator.run(request(["x"], [KEY_PHRASES]), { query: `&${query}` });
      expect([status, at(body, "error", "innererror", "code")]).toEqual([400, "InvalidParameterValue"]);
    },
  );

  it("does not know the previews' spelling", async () => {
    const { body } = await emulator.run(request(texts, [KEY_PHRASES]), { query: "&$top=3" });
    expect(at(body, "tasks", "items", 0, "results", "documents")).toHaveLength(20);
  });
});

describe("statistics", () => {
  it("count text elements, and a record for each thousand begun", async () => {
    const texts = ["an\u0303o", "x".repeat(1_000), `${"x ".repeat(500)}y`];
    const { body } = await emulator.run(request(texts, [KEY_PHRASES]), { query: "&showStats=True" });
    const results = at(body, "tasks", "items", 0, "results");
    expect(at(results, "documents").map(({ statistics }) => statistics)).toEqual([
      { charactersCount: 3, transactionsCount: 1 },
      { charactersCount: 1_000, transactionsCount: 1 },
      { charactersCount: 1_001, transactionsCount: 2 },
    ]);
    expect(at(results, "statistics", "transactionsCount")).toBe(4);
    expect(body).not.toHaveProperty("statistics");
  });

  it("are left out unless asked for", async () => {
    const { body } = await emulator.run(request(["x"], [KEY_PHRASES]));
    const results = at(body, "tasks", "items", 0, "results");
    expect(results).not.toHaveProperty("statistics");
    expect(at(results, "documents", 0)).not.toHaveProperty("statistics");
  });
});

describe("cancelling", () => {
  const PII = { kind: "PiiEntityRecognition", taskName: "pii" };

  it("stops what is unfinished, which then counts nowhere", async () => {
    const accepted = await emulator.submit(request(["x"], [PII, TICKETS]));
    const job = locationOf(accepted);
    emulator.clock.advance(1);
    const cancelled = await emulator.call("POST", job.replace("?", ":cancel?"));
    expect(cancelled.status).toBe(202);
    expect(locationOf(cancelled)).toBe(job);
    expect((await emulator.call("GET", job)).body).toMatchObject({ status: "cancelling", tasks: { inProgress: 2 } });
    emulator.clock.advance(1);
    const placeholder = { documents: [], errors: [], modelVersion: "latest" };
    expect((await emulator.call("GET", job)).body).toMatchObject({
      status: "cancelled",
      tasks: {
        completed: 0,
        failed: 0,
        inProgress: 0,
        total: 2,
        items: [
          { kind: "EntityRecognitionLROResults", taskName: "pii", status: "cancelled", results: placeholder },
          { kind: "CustomSingleLabelClassificationLROResults", status: "cancelled", results: placeholder },
        ],
      },
    });
  });

  it("keeps what is finished", async () => {
    const accepted = await emulator.submit(request(["x"], [KEY_PHRASES, TICKETS]));
    emulator.clock.advance(8);
    await emulator.call("POST", locationOf(accepted).replace("?", ":cancel?"));
    emulator.clock.advance(1);
    const { body } = await emulator.call("GET", locationOf(accepted));
    expect(body).toMatchObject({ status: "cancelled", tasks: { completed: 1, failed: 0, inProgress: 0, total: 2 } });
    expect(
      at(body, "tasks", "items")
        .map(({ status }) => String(status))
        .toSorted(),
    ).toEqual(["cancelled", "succeeded"]);
  });

  it.each(["2025-05-15-preview", "2026-05-01"])(
    "happens by itself after the seconds that %s is given",
    async (version) => {
      const accepted = await emulator.submit({ ...request(["x"], [KEY_PHRASES, TICKETS]), cancelAfter: 8 }, version);
      const look = async (): Promise<Loose> => (await emulator.call("GET", locationOf(accepted))).body;
      emulator.clock.advance(7.9);
      expect(await look()).toMatchObject({ status: "running", tasks: { completed: 1, inProgress: 1 } });
      emulator.clock.advance(0.2);
      expect(await look()).toMatchObject({ status: "cancelling", tasks: { completed: 1, inProgress: 1 } });
      emulator.clock.advance(1);
      expect(await look()).toMatchObject({ status: "cancelled", tasks: { completed: 1, failed: 0, inProgress: 0 } });
    },
  );

  it.each([
    ["a job that is over by then", 10, "2026-05-01"],
    ["a version that cannot do that", 8, "2024-11-01"],
  ])("does not happen by itself to %s", async (_, cancelAfter, apiVersion) => {
    const asked = { ...request(["x"], [KEY_PHRASES, TICKETS]), cancelAfter };
    expect((await emulator.run(asked, { apiVersion })).body).toMatchObject({ status: "succeeded" });
  });

  it("by itself can still be asked for before", async () => {
    const accepted = await emulator.submit({ ...request(["x"], [KEY_PHRASES]), cancelAfter: 8 }, "2026-05-01");
    emulator.clock.advance(2);
    expect((await emulator.call("POST", locationOf(accepted).replace("?", ":cancel?"))).status).toBe(202);
    emulator.clock.advance(1);
    expect((await emulator.call("GET", locationOf(accepted))).body).toMatchObject({ status: "cancelled" });
  });

  it("of a job that is over is refused as recorded", async () => {
    const { body: state } = await emulator.run(request(["x"], [KEY_PHRASES]));
    const { status, body } = await emulator.call(
      "POST",
      `/language/analyze-text/jobs/${state.jobId}:cancel?api-version=2023-04-01`,
    );
    expect(status).toBe(400);
    expect(body).toEqual({
      error: {
        code: "InvalidRequest",
        message: `Failed to cancel job with job id ${state.jobId} as its already completed.`,
      },
    });
  });
});

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

it("warns of words longer than 64 letters", async () => {
  const answer = await emulator.analyze(KEY_PHRASES, `A ${"w".repeat(65)} word`);
  expect(answer.warnings).toMatchObject([{ code: "LongWordsInDocument" }]);
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
