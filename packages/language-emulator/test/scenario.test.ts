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
  ])("%s", async (_, rule, expected) => {
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
  ])("%j", async (action, status, code, retryAfter) => {
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
