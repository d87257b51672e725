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

it("warns of words longer than 64 letters", async () => {
  const answer = await emulator.analyze(KEY_PHRASES, `A ${"w".repeat(65)} word`);
  expect(answer.warnings).toMatchObject([{ code: "LongWordsInDocument" }]);
});
