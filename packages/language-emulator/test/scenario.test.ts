import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ScenarioDefinition } from "../src/scenario/schema.ts";
import { at, EmulatorFixture, KEY_PHRASES, type Loose, locationOf, request, TICKETS } from "./emulator-fixture.ts";

let emulator: EmulatorFixture;
beforeEach(async () => {
  emulator = await EmulatorFixture.start();
});
afterEach(() => emulator.service.stop());

type Action = Exclude<ScenarioDefinition["rules"][number]["do"], unknown[]>;

function always(...actions: Action[]): void {
  emulator.service.setScenario({ rules: [{ do: actions }] });
}

async function statuses(bodies: readonly object[]): Promise<number[]> {
  const seen: number[] = [];
  for (const body of bodies) seen.push((await emulator.submit(body)).status);
  return seen;
}

const PLAIN = request(["x"], [KEY_PHRASES]);

describe("a rule applies", () => {
  const refuse: Action = { action: "error", status: 500 };

  it.each<[string, ScenarioDefinition["rules"][number], number[]]>([
    ["always, without conditions", { do: refuse }, [500, 500, 500, 500]],
    ["to the nth request", { when: { nth: 2 }, do: refuse }, [202, 500, 202, 202]],
    ["to several of them", { when: { nth: [1, 4] }, do: refuse }, [500, 202, 202, 500]],
    ["to every nth", { when: { every: 2 }, do: refuse }, [202, 500, 202, 500]],
    ["so many times", { do: refuse, times: 3 }, [500, 500, 500, 202]],
    ["by operation", { when: { operation: "status" }, do: refuse }, [202, 202, 202, 202]],
    ["by method", { when: { method: "post" }, do: refuse }, [500, 500, 500, 500]],
    ["by path", { when: { path: "/language/*" }, do: refuse }, [500, 500, 500, 500]],
    ["by another path", { when: { path: "/text/*/analyze" }, do: refuse }, [202, 202, 202, 202]],
    ["by task kind", { when: { taskKind: TICKETS.kind }, do: refuse }, [202, 500, 202, 202]],
    ["by text", { when: { text: "needle" }, do: refuse }, [202, 202, 500, 202]],
    ["by number of documents", { when: { documents: { min: 2, max: 3 } }, do: refuse }, [202, 202, 202, 500]],
    [
      "by all of it, counting only what fits",
      { when: { taskKind: KEY_PHRASES.kind, nth: 2 }, do: refuse },
      [202, 202, 500, 202],
    ],
  ])("a rule applies %s", async (_, rule, expected) => {
    emulator.service.setScenario({ rules: [rule] });
    const bodies = [
      request(["x"], [KEY_PHRASES]),
      request(["x"], [TICKETS]),
      request(["a needle here"], [KEY_PHRASES]),
      request(["x", "y"], [KEY_PHRASES]),
    ];
    expect(await statuses(bodies)).toEqual(expected);
  });

  it("to the previews by the current name of their tasks", async () => {
    emulator.service.setScenario({ rules: [{ when: { taskKind: "KeyPhraseExtraction" }, do: refuse }] });
    const body = { analysisInput: { documents: [{ id: "1", text: "x" }] }, tasks: { keyPhraseExtractionTasks: [{}] } };
    expect((await emulator.call("POST", "/text/analytics/v3.2-preview.2/analyze", body)).status).toBe(500);
  });
});

describe("requests", () => {
  it.each<[Action, number, string, string | null]>([
    [{ action: "throttle" }, 429, "429", null],
    [{ action: "throttle", retryAfterSeconds: 7 }, 429, "429", "7"],
    [{ action: "error", status: 503 }, 503, "ServiceUnavailable", null],
    [{ action: "error", status: 503, retryAfterSeconds: 3 }, 503, "ServiceUnavailable", "3"],
    [{ action: "error", status: 418, code: "Teapot", message: "short and stout" }, 418, "Teapot", null],
  ])("a request is refused by the action %j", async (action, status, code, retryAfter) => {
    always(action);
    const answer = await emulator.submit(PLAIN);
    expect([answer.status, at(answer.body, "error", "code")]).toEqual([status, code]);
    expect(answer.headers.get("retry-after")).toBe(retryAfter);
    expect(emulator.service.stats().jobs.accepted).toBe(0);
  });

  it("can be slow", async () => {
    always({ action: "latency", milliseconds: 60 });
    const started = performance.now();
    expect((await emulator.submit(PLAIN)).status).toBe(202);
    expect(performance.now() - started).toBeGreaterThan(55);
  });

  it.each([
    [false, 0],
    [true, 1],
  ])("can lose their connection (after the job was accepted: %s)", async (after, accepted) => {
    always({ action: "drop", after });
    await expect(emulator.submit(PLAIN)).rejects.toThrow("fetch failed");
    const { jobs, answers } = emulator.service.stats();
    expect(jobs.accepted).toBe(accepted);
    expect(answers).toEqual({ dropped: 1 });
  });

  it.each([
    [undefined, "InvalidDocument"],
    ["NeverHeardOf", "NeverHeardOf"],
  ])("with a document that contains a string are refused (code %s)", async (code, expected) => {
    always({ action: "refuseDocument", containing: "poison", ...(code === undefined ? {} : { code }) });
    expect(await statuses([PLAIN])).toEqual([202]);
    const { status, body } = await emulator.submit(request(["fine", "some poison"], [KEY_PHRASES]));
    expect(status).toBe(400);
    expect(at(body, "error")).toMatchObject({ code: "InvalidRequest", innererror: { code: expected } });
  });
});

describe("jobs", () => {
  it("can fail as a whole", async () => {
    always({ action: "failJob", code: "ServiceUnavailable", message: "down" });
    expect((await emulator.run(PLAIN)).body).toMatchObject({
      status: "failed",
      errors: [{ code: "ServiceUnavailable", message: "down" }],
      tasks: { completed: 0, failed: 1, inProgress: 0, total: 1 },
    });
  });

  it("can be forgotten", async () => {
    always({ action: "loseJob", afterSeconds: 5 });
    const accepted = await emulator.submit(PLAIN);
    emulator.clock.advance(4);
    expect((await emulator.call("GET", locationOf(accepted))).status).toBe(200);
    emulator.clock.advance(1);
    expect((await emulator.call("GET", locationOf(accepted))).status).toBe(404);
  });

  it("can lose one of their tasks", async () => {
    always({ action: "failTask", task: 1, code: "Timeout", message: "too slow" });
    const { body } = await emulator.run(request(["x"], [KEY_PHRASES, TICKETS]));
    expect(body).toMatchObject({
      status: "partiallyCompleted",
      errors: [{ code: "Timeout", message: "too slow", target: "#/tasks/items/1" }],
      tasks: { completed: 1, failed: 1, items: [{ status: "succeeded" }, { status: "failed" }] },
    });
    expect(emulator.service.stats().analyses.map(({ task }) => task)).toEqual(["KeyPhraseExtraction"]);
  });

  it.each([
    ["nothing", null, undefined],
    ["a list that nobody knows", "#/tasks/piiEntityRecognitionTasks/0", "#/tasks/piiEntityRecognitionTasks/0"],
  ])("list a failed task whose error points at %s", async (_, target, expected) => {
    always({ action: "failTask", target, code: "InvalidRequest", message: "The domain is not known" });
    const { body } = await emulator.run(request(["x"], [KEY_PHRASES, TICKETS]));
    expect(at(body, "errors", 0, "target")).toBe(expected);
    expect(at(body, "tasks", "items").map(({ status }) => status)).toEqual(["failed", "succeeded"]);
  });

  it("can fail for a setting that is told of a task", async () => {
    always({ action: "failJob", code: "InvalidArgument", message: "gone", target: "#/tasks/items/0" });
    const { body } = await emulator.run(PLAIN);
    expect(body.errors).toEqual([{ code: "InvalidArgument", message: "gone", target: "#/tasks/items/0" }]);
  });

  it("can blame every document for a fault that is none of theirs", async () => {
    always({ action: "documentErrors", share: 1, bare: true, code: "InvalidRequest", message: "no such device" });
    const { body } = await emulator.run(request(["a", "b"], [KEY_PHRASES]));
    const error = { code: "InvalidRequest", message: "no such device" };
    expect(at(body, "tasks", "items", 0, "results", "errors")).toEqual([
      { id: "1", error },
      { id: "2", error },
    ]);
  });

  it.each(["All", ""])("can refuse all documents in one error with the id %j", async (id) => {
    always({ action: "documentErrors", share: 1, id });
    const { body } = await emulator.run(request(["a", "b"], [KEY_PHRASES]));
    expect(at(body, "tasks", "items", 0, "results")).toMatchObject({ documents: [], errors: [{ id }] });
    expect(at(body, "tasks", "items", 0, "results", "errors")).toHaveLength(1);
  });

  it("can refuse half of their documents", async () => {
    always({ action: "documentErrors" });
    const results = at(
      (await emulator.run(request(["a", "b", "c", "d"], [KEY_PHRASES]))).body,
      "tasks",
      "items",
      0,
      "results",
    );
    expect(at(results, "errors").map(({ id }) => id)).toEqual(["1", "2"]);
    expect(at(results, "errors", 0, "error")).toMatchObject({
      code: "InvalidArgument",
      innererror: { code: "InvalidDocument" },
    });
    expect(at(results, "documents").map(({ id }) => id)).toEqual(["3", "4"]);
  });

  it("can speak of things unknown, at every level", async () => {
    always({ action: "extraFields", fields: { aura: "blue" } }, { action: "futureTask", kind: "AuraReading" });
    const { body } = await emulator.run(request(["Madrid"], [{ kind: "EntityRecognition" }]));
    const levels: Loose[] = [
      body,
      at(body, "tasks"),
      at(body, "tasks", "items", 0),
      at(body, "tasks", "items", 0, "results"),
      at(body, "tasks", "items", 0, "results", "documents", 0),
      at(body, "tasks", "items", 0, "results", "documents", 0, "entities", 0),
    ];
    for (const level of levels) expect(level).toHaveProperty("aura", "blue");
    expect(at(body, "tasks", "items", 1)).toMatchObject({ kind: "AuraReadingLROResults", status: "succeeded" });
    expect(body).toMatchObject({ tasks: { completed: 2, total: 2 } });
  });

  it("can take longer", async () => {
    always({ action: "stayRunning", seconds: 100 });
    const accepted = await emulator.submit(PLAIN);
    const status = async (): Promise<unknown> => (await emulator.call("GET", locationOf(accepted))).body.status;
    emulator.clock.advance(109);
    expect(await status()).toBe("running");
    emulator.clock.advance(1);
    expect(await status()).toBe("succeeded");
  });
});

describe("answers", () => {
  it("say that the calls of the month are used up, as the free tier does", async () => {
    always({ action: "outOfQuota" });
    const { status, headers, body } = await emulator.submit(PLAIN);
    expect([status, headers.get("retry-after")]).toEqual([403, "1296000"]);
    expect(body.error).toEqual({
      code: "403",
      message:
        "Out of call volume quota for TextAnalytics F0 pricing tier. Please retry after 15 days. " +
        "To increase your call volume switch to a paid tier.",
    });
  });

  it.each([
    ["absent", null],
    ["empty", ""],
    ["malformed", "https://[not an address"],
    ["relative", expect.stringMatching(/^\/language\/analyze-text\/jobs\/[0-9a-f-]{36}\?api-version=2023-04-01$/)],
    ["otherHost", expect.stringMatching(/^https:\/\/gateway\.example\/language\//)],
    ["withoutVersion", expect.stringMatching(/\/jobs\/[0-9a-f-]{36}$/)],
  ] as const)("accept a job whose address is %s", async (location, expected) => {
    always({ action: "answer", location });
    const accepted = await emulator.submit(PLAIN);
    expect([accepted.status, accepted.headers.get("operation-location")]).toEqual([202, expected]);
    expect(emulator.service.stats().jobs.accepted).toBe(1);
  });

  it("say something else than the service would, field by field", async () => {
    const state = { status: "failed", errors: [{ code: "InvalidRequest", message: "no", target: "#/tasks/items/0" }] };
    emulator.service.setScenario({
      rules: [
        { when: { operation: "status" }, do: { action: "answer", status: 203, headers: { via: "x" }, body: state } },
      ],
    });
    const { status, headers, body } = await emulator.run(PLAIN);
    expect([status, headers.get("via")]).toEqual([203, "x"]);
    expect(body).toMatchObject({ ...state, jobId: expect.any(String), tasks: { completed: 1 } });
  });

  it("leave out what makes a task readable", async () => {
    emulator.service.setScenario({ rules: [{ do: { action: "answer", without: ["status", "results"] } }] });
    const { body } = await emulator.run(PLAIN);
    expect(body).toHaveProperty("status", "succeeded");
    expect(Object.keys(at(body, "tasks", "items", 0))).toEqual(["kind", "lastUpdateDateTime"]);
  });

  it("name a next page without end", async () => {
    always({ action: "endlessPages" });
    let { body } = await emulator.run(PLAIN);
    for (let page = 0; page < 3; page++) ({ body } = await emulator.call("GET", String(body.nextLink)));
    expect(String(body.nextLink)).toContain("&skip=80&");
    expect(at(body, "tasks", "items", 0, "results", "documents")).toEqual([]);
  });

  it.each<[string, Action, (text: string) => void]>([
    [
      "nested deeper than most readers go",
      { action: "answer", depth: 20_000 },
      (text) => expect(text).toContain("[".repeat(20_000)),
    ],
    ["followed by white space", { action: "answer", padding: 200_000 }, (text) => expect(text).toMatch(/\} {200000}$/)],
    ["cut in the middle", { action: "answer", share: 0.5 }, (text) => expect(() => JSON.parse(text)).toThrow()],
  ])("can be %s", async (_, action, check) => {
    emulator.service.setScenario({ rules: [{ when: { operation: "status" }, do: action }] });
    const accepted = await emulator.submit(PLAIN);
    const headers = { "Ocp-Apim-Subscription-Key": emulator.service.key };
    check(await (await fetch(locationOf(accepted), { headers })).text());
  });
});

describe("over HTTP", () => {
  it("a scenario can be set, watched and taken away, without a key", async () => {
    const open = (method: string, body?: unknown) =>
      emulator.call(method, "/_emulator/scenario", body, { "Ocp-Apim-Subscription-Key": "" });
    const rule = { name: "second submit fails", when: { operation: "submit", nth: 2 }, do: { action: "throttle" } };
    expect((await open("PUT", { rules: [rule] })).status).toBe(204);
    expect(await statuses([PLAIN, PLAIN, PLAIN])).toEqual([202, 429, 202]);
    expect((await open("GET")).body).toEqual([{ rule: { ...rule, do: [rule.do] }, matched: 3, applied: 1 }]);
    expect((await open("DELETE")).status).toBe(204);
    expect(await statuses([PLAIN, PLAIN])).toEqual([202, 202]);
  });

  it.each([
    [{ rules: [{ do: { action: "explode" } }] }, "action"],
    [{ rules: [{ when: { nht: 2 }, do: { action: "throttle" } }] }, "nht"],
    [{ rules: [{ do: { action: "error", status: 200 } }] }, "status"],
    ["{", "JSON"],
  ])("a wrong one is refused with the place: %j", async (scenario, place) => {
    const { status, body } = await emulator.call("PUT", "/_emulator/scenario", scenario);
    expect(status).toBe(400);
    expect(String(body.error)).toContain(place);
  });
});
