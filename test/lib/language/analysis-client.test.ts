import { describe, expect, it } from "vitest";
import type { Task } from "../../../src/lib/language/analysis.ts";
import { createAnalysisClient } from "../../../src/lib/language/analysis-client.ts";
import type { LanguageError } from "../../../src/lib/language/errors/language-error.ts";
import { accept, phrases, state } from "./job-replies.ts";
import { drop, json, type Reply, type Seen, scriptedServer, text } from "./scripted-server.ts";

const TASK: Task = { kind: "KeyPhraseExtraction", name: "phrases", parameters: {} };

function client(endpoint: string, apiVersion = "2023-04-15-preview") {
  return createAnalysisClient({
    endpoint,
    apiVersion,
    credential: { key: "k" },
    timeoutSeconds: 60,
    retryDelaysMs: [0, 0],
  });
}

async function failure(call: Promise<unknown>): Promise<LanguageError> {
  return call.then(
    () => expect.unreachable("the call succeeded"),
    (error: LanguageError) => error,
  );
}

function queryOf({ url }: Seen): Record<string, string> {
  return Object.fromEntries(new URL(url, "http://x").searchParams);
}

/** Headers that take a job, and half of a body. */
const brokenOff =
  (headers: Record<string, string>): Reply =>
  (response) => {
    response.writeHead(202, { "content-length": "1000", ...headers });
    response.write("{", () => response.destroy());
  };

describe("submit", () => {
  it("gives the job's id and the service's own address of it", async () => {
    const server = await scriptedServer(accept);
    const handle = await client(server.endpoint).submit({ documents: [{ id: "0", text: "Hi." }], tasks: [TASK] });
    expect(handle).toEqual({
      jobId: "j-1",
      operationLocation: `${server.endpoint}/language/analyze-text/jobs/j-1?api-version=2023-04-15-preview`,
    });
    expect(server.seen).toMatchObject([
      {
        method: "POST",
        url: "/language/analyze-text/jobs?api-version=2023-04-15-preview",
        body: { analysisInput: { documents: [{ id: "0", text: "Hi." }] }, tasks: [{ taskName: "phrases" }] },
      },
    ]);
  });

  it.each<[string, Reply, Partial<LanguageError>, number]>([
    [
      "refuses the key",
      json(401, { error: { code: "401", message: "Access denied." } }),
      { class: "blocked", status: 401 },
      1,
    ],
    ["throttles", json(429, {}, { "retry-after": "3" }), { class: "throttled", retryAfterSeconds: 3 }, 1],
    ["throttles without saying how long", json(429, {}), { class: "throttled", retryAfterSeconds: undefined }, 1],
    ["fails", json(500, {}), { class: "transient" }, 1],
    ["hangs up", drop, { class: "transient", code: "NetworkError" }, 1],
    ["accepts without saying where", text(202, ""), { class: "blocked", code: "NoJobNamed", status: 202 }, 1],
    ["accepts and breaks off", brokenOff({}), { class: "blocked", code: "NoJobNamed", status: 202 }, 1],
    ["redirects", text(307, "", { location: "http://127.0.0.1:1" }), { class: "blocked", code: "Redirected" }, 1],
  ])("reports a service that %s, and does not send the job again", async (_, reply, expected, requests) => {
    const server = await scriptedServer(reply, accept);
    const error = await failure(client(server.endpoint).submit({ documents: [], tasks: [TASK] }));
    expect(error.name).toBe("LanguageError");
    for (const [field, value] of Object.entries(expected)) expect(error).toHaveProperty(field, value);
    expect(server.seen).toHaveLength(requests);
  });

  it.each([
    ["", "jobs of the same host", "/language/analyze-text/jobs/j-7?api-version=2024-11-01"],
    ["", "a path from here", "jobs/j-7?api-version=2024-11-01"],
    ["", "an address without a scheme", "//HOST/language/analyze-text/jobs/j-7?api-version=2024-11-01"],
    ["/gateway", "a path that a gateway did not rewrite", "/language/analyze-text/jobs/j-7?api-version=2024-11-01"],
  ])("%s: follows an operation-location that is %s", async (prefix, _, location) => {
    const reply: Reply = (response, { headers }) => {
      response.writeHead(202, { "operation-location": location.replace("HOST", headers.host ?? "") }).end();
    };
    const server = await scriptedServer(reply, json(200, state({ tasks: { items: [phrases("0")] } })));
    const language = client(`${server.endpoint}${prefix}`);
    const handle = await language.submit({ documents: [], tasks: [TASK] });
    expect(handle).toEqual({
      jobId: "j-7",
      operationLocation: `${server.endpoint}${prefix}/language/analyze-text/jobs/j-7?api-version=2024-11-01`,
    });
    expect((await language.getJob(handle, [TASK])).finished).toBe(true);
    expect(server.seen[1]?.url).toMatch(/\/jobs\/j-7\?api-version=2024-11-01/);
  });

  it.each([
    "",
    "not an address",
    "https://[bad/language/analyze-text/jobs/j",
    "/language/analyze-text/jobs",
    "/language/analyze-text/jobs/?api-version=2023-04-01",
    "/language/analyze-text/jobs/%E0%A4%A",
  ])("tells that a job was taken when its operation-location %j names none", async (location) => {
    const server = await scriptedServer(text(202, "", { "operation-location": location }), accept);
    const error = await failure(client(server.endpoint).submit({ documents: [], tasks: [TASK] }));
    expect(error).toMatchObject({ class: "blocked", code: "NoJobNamed", status: 202 });
    expect(server.seen).toHaveLength(1);
  });

  it("knows the job of an answer that breaks off behind its headers", async () => {
    const location = "https://elsewhere.example/language/analyze-text/jobs/j-9";
    const server = await scriptedServer(brokenOff({ "operation-location": location }));
    const handle = await client(server.endpoint).submit({ documents: [], tasks: [TASK] });
    expect(handle).toEqual({ jobId: "j-9", operationLocation: location });
  });

  it("never mentions key or document in an error", async () => {
    const server = await scriptedServer(json(400, { error: { code: "InvalidRequest", message: "No." } }));
    const documents = [{ id: "0", text: "s3cret" }];
    const error = await failure(client(server.endpoint).submit({ documents, tasks: [TASK] }));
    expect(JSON.stringify({ ...error, message: error.message, stack: error.stack })).not.toContain("s3cret");
  });
});

describe("getJob", () => {
  const handleAt = (endpoint: string) => ({
    jobId: "j-1",
    operationLocation: `${endpoint}/language/analyze-text/jobs/j-1?api-version=2023-04-15-preview`,
  });

  it("asks for statistics and one page for all, and for no further page while the job runs", async () => {
    const running = state({ status: "running", nextLink: "http://127.0.0.1:1/next", tasks: { items: [phrases("0")] } });
    const server = await scriptedServer(json(200, running, { "retry-after": "4" }));
    const job = await client(server.endpoint).getJob(handleAt(server.endpoint), [TASK]);
    expect(job).toMatchObject({ status: "running", finished: false, tasks: [], requests: 1, retryAfterSeconds: 4 });
    expect(server.seen.map(queryOf)).toEqual([{ "api-version": "2023-04-15-preview", showStats: "true", top: "25" }]);
  });

  it("takes the results from the answer that says the job is done", async () => {
    const server = await scriptedServer(json(200, state({ tasks: { items: [phrases("0")] } })));
    const job = await client(server.endpoint).getJob(handleAt(server.endpoint), [TASK]);
    expect(job).toMatchObject({ finished: true, requests: 1 });
    expect(job.tasks[0]?.documents.get("0")?.content).toEqual({ keyPhrases: ["0"] });
    expect(server.seen).toHaveLength(1);
  });

  it("follows the pages to the last, as the service addresses them", async () => {
    const ids = Array.from({ length: 25 }, (_, index) => String(index));
    let endpoint = "";
    const first: Reply = (response, request) => {
      const nextLink = `${endpoint}/language/analyze-text/jobs/j-1?showStats=True&top=5&skip=20&api-version=2023-04-15-preview`;
      json(200, state({ nextLink, tasks: { items: [phrases(...ids.slice(0, 20))] } }))(response, request);
    };
    const server = await scriptedServer(first, json(200, state({ tasks: { items: [phrases(...ids.slice(20))] } })));
    endpoint = server.endpoint;
    const job = await client(endpoint).getJob(handleAt(endpoint), [TASK]);
    expect([...(job.tasks[0]?.documents.keys() ?? [])]).toEqual(ids);
    expect(job.requests).toBe(2);
    expect(server.seen.slice(1).map(queryOf)).toEqual([
      { showStats: "True", top: "5", skip: "20", "api-version": "2023-04-15-preview" },
    ]);
  });

  it("does not go round in circles", async () => {
    let endpoint = "";
    const again: Reply = (response, request) =>
      json(200, state({ nextLink: `${endpoint}/next?skip=20` }))(response, request);
    const server = await scriptedServer(again, again, again);
    endpoint = server.endpoint;
    await client(endpoint).getJob(handleAt(endpoint), [TASK]);
    expect(server.seen).toHaveLength(2);
  });

  it("gives up on pages without end, on nesting without end and on answers without end", async () => {
    let served = 0;
    const endless: Reply = (response, { headers }) => {
      const nextLink = `http://${headers.host}/next?skip=${++served}`;
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(state({ nextLink })));
    };
    const pages = await scriptedServer(...Array.from({ length: 150 }, () => endless));
    const tooMany = await failure(client(pages.endpoint).getJob(handleAt(pages.endpoint), [TASK]));
    expect(tooMany).toMatchObject({ code: "UnreadableResponse", status: 200 });
    expect(tooMany.message).toContain("more than 100 pages");
    expect(served).toBe(100);

    const deep = `${'{"tasks":'.repeat(20_000)}1${"}".repeat(20_000)}`;
    const nested = await scriptedServer(text(200, deep));
    const tooDeep = await failure(client(nested.endpoint).getJob(handleAt(nested.endpoint), [TASK]));
    expect(tooDeep.message).toContain("nested more than 200 levels");

    let sent = 0;
    const flood: Reply = (response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const more = () => {
        while (!response.destroyed && sent < 600 && response.write(Buffer.alloc(1024 * 1024, 0x20))) sent++;
        if (!response.destroyed && sent >= 600) response.end();
      };
      response.on("drain", () => {
        sent++;
        more();
      });
      more();
    };
    const flooding = await scriptedServer(flood);
    const tooLarge = await failure(client(flooding.endpoint).getJob(handleAt(flooding.endpoint), [TASK]));
    expect(tooLarge.message).toContain("larger than 67108864 bytes");
    expect(sent).toBeLessThan(200);
  });

  it("reads text full of brackets and quotes as text", async () => {
    const text = `${'[{"\\'.repeat(500)}`;
    const server = await scriptedServer(json(200, { ...state(), note: text }));
    expect(await client(server.endpoint).getJob(handleAt(server.endpoint), [TASK])).toMatchObject({ finished: true });
  });

  it("shows the key to no other host, wherever the service sends it", async () => {
    const other = await scriptedServer();
    const nextLink = `${other.endpoint}/language/analyze-text/jobs/j-1?top=5&skip=20`;
    const server = await scriptedServer(json(200, state({ nextLink })), json(200, state()));
    await client(server.endpoint).getJob(handleAt(other.endpoint), [TASK]);
    expect(other.seen).toEqual([]);
    expect(server.seen.map(({ url }) => url.split("?")[0])).toEqual([
      "/language/analyze-text/jobs/j-1",
      "/language/analyze-text/jobs/j-1",
    ]);
    expect(server.seen.map(queryOf)).toEqual([
      { "api-version": "2023-04-15-preview", showStats: "true", top: "25" },
      { "api-version": "2023-04-15-preview", showStats: "true", top: "5", skip: "20" },
    ]);
  });

  it("keeps the path prefix of a gateway, which the service does not know", async () => {
    const server = await scriptedServer(json(200, state()));
    await client(`${server.endpoint}/gateway`).getJob({ ...handleAt("https://reader.cognitiveservices.azure.com") }, [
      TASK,
    ]);
    expect(server.seen[0]?.url).toMatch(/^\/gateway\/language\/analyze-text\/jobs\/j-1\?/);
  });

  it("counts the requests that passing faults cost", async () => {
    const server = await scriptedServer(json(503, {}), drop, json(200, state()));
    expect(await client(server.endpoint).getJob(handleAt(server.endpoint), [TASK])).toMatchObject({ requests: 3 });
  });

  it.each<[string, Reply, Partial<LanguageError>]>([
    [
      "a job that is gone",
      json(404, { error: { code: "NotFound", message: "Job not found." } }),
      { class: "transient", code: "JobNotFound" },
    ],
    ["a throttle", json(429, {}, { "retry-after": "9" }), { class: "throttled", retryAfterSeconds: 9 }],
    ["a withdrawn right", json(403, {}), { class: "blocked" }],
    ["a page of HTML", text(200, "<html>hello</html>"), { class: "transient", code: "UnreadableResponse" }],
    ["another JSON", json(200, { status: "succeeded" }), { class: "transient", code: "UnreadableResponse" }],
  ])("reports %s", async (_, reply, expected) => {
    const server = await scriptedServer(reply);
    expect(await failure(client(server.endpoint).getJob(handleAt(server.endpoint), [TASK]))).toMatchObject(expected);
  });

  it("takes the time of the look where the service gives the job no date", async () => {
    const before = new Date().toISOString();
    const dates = { createdDateTime: undefined, lastUpdatedDateTime: null };
    const server = await scriptedServer(json(200, { ...state(), ...dates }));
    const job = await client(server.endpoint).getJob(handleAt(server.endpoint), [TASK]);
    expect(job.createdDateTime >= before).toBe(true);
    expect(job.lastUpdatedDateTime).toBe(job.createdDateTime);
  });

  it("says where an answer differs from what it should be", async () => {
    const server = await scriptedServer(json(200, { ...state(), jobId: 7 }));
    const error = await failure(client(server.endpoint).getJob(handleAt(server.endpoint), [TASK]));
    expect(error.message).toContain("jobId");
  });
});

describe("createAnalysisClient", () => {
  it("refuses a version that does not exist", () => {
    expect(() => client("http://localhost", "2023-04-02")).toThrow(RangeError);
  });
});
