import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { at, EmulatorFixture, KEY_PHRASES, locationOf, request, TICKETS } from "./emulator-fixture.ts";

let emulator: EmulatorFixture;
beforeAll(async () => {
  emulator = await EmulatorFixture.start({ tokens: ["a-configured-token"] });
});
afterAll(() => emulator.service.stop());

const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `text ${index}`);
const CUSTOM_HEALTH = {
  kind: "CustomHealthcare",
  parameters: { projectName: "visits", deploymentName: "production" },
};

describe("limits of a request", () => {
  it.each([
    [
      "26 documents",
      request(many(26), [KEY_PHRASES]),
      {
        code: "InvalidRequest",
        message: "Invalid document in request.",
        innererror: {
          code: "InvalidDocumentBatch",
          message: "Batch request contains too many records. Max 25 records are permitted.",
        },
      },
    ],
    [
      "an empty text alone",
      request([""], [KEY_PHRASES]),
      {
        code: "InvalidRequest",
        message: "Invalid Document in request.",
        innererror: { code: "InvalidDocumentBatch", message: "Document text is empty." },
      },
    ],
    [
      "a repeated id",
      request(
        [
          { id: "a", text: "x" },
          { id: "a", text: "y" },
        ],
        [KEY_PHRASES],
      ),
      {
        code: "InvalidArgument",
        message: "Request contains duplicated Ids. Make sure each document has a unique Id.",
      },
    ],
  ])("%s is refused in the recorded words", async (_, body, error) => {
    const answer = await emulator.submit(body);
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ error });
  });

  it("too much text is refused with 413 in the recorded words, also when there are too many documents", async () => {
    for (const texts of [["x".repeat(125_000), "y"], many(26).map(() => "x".repeat(5_000))]) {
      const { status, body } = await emulator.submit(request(texts, [KEY_PHRASES]));
      expect(status).toBe(413);
      expect(body.error).toEqual({
        code: "InvalidRequest",
        message: "Invalid Document in request.",
        innererror: {
          code: "InvalidDocumentBatch",
          message: "Request Payload sent is too large to be processed. Limit request size to: 125000",
        },
      });
    }
    expect((await emulator.submit(request(["x".repeat(125_000)], [KEY_PHRASES]))).status).toBe(202);
  });

  it("two tasks of one kind without names are refused, with names they are not", async () => {
    const { status, body } = await emulator.submit(request(["x"], [KEY_PHRASES, KEY_PHRASES]));
    expect([status, body.error]).toEqual([
      400,
      {
        code: "InvalidRequest",
        message: "InvalidTask in AnalyzeInput",
        innererror: {
          code: "InvalidRequestBodyFormat",
          message: "Duplicate task name  for task type KeyPhraseExtraction",
        },
      },
    ]);
    const named = ["a", "b"].map((taskName) => ({ ...KEY_PHRASES, taskName }));
    expect((await emulator.submit(request(["x"], named))).status).toBe(202);
  });

  it.each([
    ["an empty id", request([{ id: "", text: "x" }], [KEY_PHRASES]), "InvalidDocument"],
    ["no documents", request([], [KEY_PHRASES]), "MissingInputDocuments"],
    ["nothing but white space", request([" \n", "\t"], [KEY_PHRASES]), "InvalidDocumentBatch"],
    ["no id", request([{ text: "x" }], [KEY_PHRASES]), "InvalidRequestBodyFormat"],
    ["a text that is no string", request([{ id: "1", text: 7 }], [KEY_PHRASES]), "InvalidRequestBodyFormat"],
    ["no tasks", request(["x"], []), "InvalidRequestBodyFormat"],
    [
      "tasks as an object",
      { ...request(["x"], []), tasks: { keyPhraseExtractionTasks: [{}] } },
      "InvalidRequestBodyFormat",
    ],
    ["an unknown kind", request(["x"], [{ kind: "TeaLeafReading" }]), "InvalidRequest"],
    ["a kind that only answers at once", request(["x"], [{ kind: "LanguageDetection" }]), "InvalidRequest"],
    ["no JSON", "{", "InvalidRequestBodyFormat"],
    ["more than a million bytes", " ".repeat(1_000_001), "InvalidRequest"],
  ])("%s is refused with 400", async (_, body, code) => {
    const answer = await emulator.submit(body);
    expect([answer.status, at(answer.body, "error", "innererror", "code")]).toEqual([400, code]);
  });

  it.each([
    ["25 documents", request(many(25), [KEY_PHRASES])],
    ["125,000 text elements, though more bytes", request(["e\u0301".repeat(125_000)], [KEY_PHRASES])],
  ])("%s are accepted", async (_, body) => {
    expect((await emulator.submit(body)).status).toBe(202);
  });

  it("20 documents are the most for a custom health task", async () => {
    const version = "2023-04-15-preview";
    expect((await emulator.submit(request(many(20), [CUSTOM_HEALTH]), version)).status).toBe(202);
    expect((await emulator.submit(request(many(21), [KEY_PHRASES, CUSTOM_HEALTH]), version)).status).toBe(400);
  });

  it("an empty text beside others is that document's error", async () => {
    const { body } = await emulator.run(request(["", "full"], [KEY_PHRASES]));
    const results = at(body, "tasks", "items", 0, "results");
    expect(body.status).toBe("succeeded");
    expect(at(results, "documents").map(({ id }) => id)).toEqual(["2"]);
    expect(results.errors).toEqual([
      {
        id: "1",
        error: {
          code: "InvalidArgument",
          message: "Invalid Document in request.",
          innererror: { code: "InvalidDocument", message: "Document text is empty." },
        },
      },
    ]);
  });
});

describe("parameters", () => {
  it.each([
    [
      { kind: "KeyPhraseExtraction", parameters: { modelVersion: "bad" } },
      /^Job task parameter value bad is not supported for model-version parameter for job task type KeyPhraseExtraction\. Supported values latest,/,
    ],
    [
      { kind: "ExtractiveSummarization", parameters: { sentenceCount: 99 } },
      /failed with validation error: .*99.*sentenceCount.* Supported values 1 \(min\) to 20 \(max\)\.$/,
    ],
    [{ kind: "ExtractiveSummarization", parameters: { sentenceCount: 0 } }, /sentenceCount/],
    [{ kind: "ExtractiveSummarization", parameters: { sortBy: "Length" } }, /Length.*Supported values Offset,Rank\.$/],
    [{ kind: "EntityLinking", parameters: { stringIndexType: "utf16CodeUnit" } }, /utf16CodeUnit.*stringIndexType/],
    [{ kind: "PiiEntityRecognition", parameters: { domain: "secret" } }, /secret.*domain.*none,phi/],
    [{ kind: "Healthcare", parameters: { documentType: "Novel" } }, /Novel.*documentType/],
    [{ kind: "SentimentAnalysis", parameters: { opinionMining: "yes" } }, /yes.*opinionMining/],
    [
      { kind: "CustomSingleLabelClassification", parameters: { projectName: "tickets" } },
      /deploymentName field is required/,
    ],
    [{ kind: "CustomEntityRecognition" }, /projectName field is required/],
    [
      { kind: "CustomMultiLabelClassification", parameters: { projectName: "tickets", deploymentName: "production" } },
      /Project 'tickets' is of kind CustomSingleLabelClassification/,
    ],
  ])("%j are refused", async (task, message) => {
    const { status, body } = await emulator.submit(request(["x"], [{ ...KEY_PHRASES, taskName: "first" }, task]));
    expect(status).toBe(400);
    expect(body).toEqual({
      error: {
        code: "InvalidRequest",
        message: "Invalid parameter in request",
        innererror: { code: "InvalidParameterValue", message: expect.stringMatching(message) },
      },
    });
  });

  it("that nobody knows are passed over", async () => {
    expect((await emulator.submit(request(["x"], [{ kind: "Healthcare", parameters: { tea: 1 } }]))).status).toBe(202);
  });
});

describe("unknown projects and deployments", () => {
  const task = (projectName: string, deploymentName: string) => ({
    kind: "CustomSingleLabelClassification",
    parameters: { projectName, deploymentName },
  });

  it.each([
    ["nowhere", "production", "ProjectNotFound"],
    ["Tickets", "production", "ProjectNotFound"],
    ["tickets", "staging", "NotFound"],
    ["tickets", "Production", "NotFound"],
  ])("%s/%s: the request is refused with 404", async (project, deployment, code) => {
    const { status, body } = await emulator.submit(request(["x"], [task(project, deployment)]));
    expect([status, at(body, "error", "code")]).toEqual([404, code]);
  });

  it("or, if so configured, the task fails in the job, which an error points at", async () => {
    await using other = await EmulatorFixture.start({ unknownProject: "failTask" });
    const { body } = await other.run(request(["x"], [KEY_PHRASES, task("nowhere", "production")]));
    expect(body).toMatchObject({
      status: "partiallyCompleted",
      errors: [{ code: "ProjectNotFound", target: "#/tasks/items/1" }],
      tasks: { completed: 1, failed: 1, items: [{ status: "succeeded" }, { status: "failed" }] },
    });
    const alone = await other.run(request(["x"], [task("tickets", "nowhere")]));
    expect(alone.body).toMatchObject({
      status: "failed",
      errors: [{ target: "#/tasks/items/0" }],
      tasks: { failed: 1 },
    });
  });
});

describe("addresses", () => {
  const notFound = { error: { code: "404", message: "Resource not found" } };

  it.each([
    ["POST", "/language/analyze-text/jobs"],
    ["POST", "/language/analyze-text/jobs?api-version=2021-01-01"],
    ["POST", "//language/analyze-text/jobs?api-version=2023-04-01"],
    ["POST", "/language/:analyze?api-version=2023-04-01"],
    ["GET", "/language/analyze-text/jobs?api-version=2023-04-01"],
    ["DELETE", "/language/analyze-text/jobs/1?api-version=2023-04-01"],
    ["POST", "/text/analytics/v9/analyze"],
    ["GET", "/"],
  ])("%s %s is not served", async (method, path) => {
    const answer = await emulator.call(method, path, method === "POST" ? request(["x"], [KEY_PHRASES]) : undefined);
    expect([answer.status, answer.body]).toEqual([404, notFound]);
  });

  it.each(["6f0c8f3e-0000-4000-8000-000000000000", "none"])("job %s is not found", async (id) => {
    const { status, body } = await emulator.call("GET", `/language/analyze-text/jobs/${id}?api-version=2023-04-01`);
    expect([status, at(body, "error", "code")]).toEqual([404, "NotFound"]);
  });
});

describe("who may call", () => {
  const url = "/language/analyze-text/jobs?api-version=2023-04-01";
  const body = JSON.stringify(request(["x"], [TICKETS]));
  const token = (claims: object): string =>
    `Bearer e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.signature`;
  const later = Date.parse("2026-03-01T13:00:00Z") / 1_000;
  const audience = "https://cognitiveservices.azure.com";
  const send = (headers: Record<string, string>) =>
    fetch(emulator.service.url + url, { method: "POST", headers, body });

  it.each<[string, Record<string, string>]>([
    ["the key", { "Ocp-Apim-Subscription-Key": "local-language-key" }],
    ["a token for the service", { Authorization: token({ aud: audience, exp: later }) }],
    ["a token for the service, slash and list", { Authorization: token({ aud: [`${audience}/`], exp: later }) }],
    ["a configured token", { Authorization: "Bearer a-configured-token" }],
  ])("whoever sends %s may call", async (_, headers) => {
    expect((await send(headers)).status).toBe(202);
  });

  it.each<[string, Record<string, string>, string]>([
    ["nobody", {}, "Access denied due to invalid subscription key"],
    ["a wrong key", { "Ocp-Apim-Subscription-Key": "wrong" }, "Access denied due to invalid subscription key"],
    ["an expired token", { Authorization: token({ aud: audience, exp: later - 7_200 }) }, "Unauthorized. Access token"],
    [
      "a token for storage",
      { Authorization: token({ aud: "https://storage.azure.com", exp: later }) },
      "Unauthorized.",
    ],
    ["no token at all", { Authorization: "Bearer rubbish" }, "Unauthorized. Access token"],
  ])("not %s: 401 from the gateway", async (_, headers, message) => {
    const response = await send(headers);
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({ error: { code: "401", message: expect.stringContaining(message) } });
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(response.headers.get("x-envoy-upstream-service-time")).toBeNull();
  });
});

describe("rate limits", () => {
  it("count for each feature, refuse with 429 and say when there is room again", async () => {
    await using limited = await EmulatorFixture.start({ rateLimits: [{ requests: 2, seconds: 60 }] });
    const statuses: number[] = [];
    for (const task of [KEY_PHRASES, KEY_PHRASES, KEY_PHRASES, TICKETS]) {
      statuses.push((await limited.submit(request(["x"], [task]))).status);
      limited.clock.advance(1);
    }
    expect(statuses).toEqual([202, 202, 429, 202]);
    const refused = await limited.submit(request(["x"], [TICKETS, KEY_PHRASES]));
    expect(refused.headers.get("retry-after")).toBe("56");
    expect(at(refused.body, "error", "code")).toBe("429");
    limited.clock.advance(56);
    expect((await limited.submit(request(["x"], [KEY_PHRASES]))).status).toBe(202);
  });

  it("are refused in the recorded words, which name the operation", async () => {
    await using limited = await EmulatorFixture.start({ rateLimits: [{ requests: 1, seconds: 2 }] });
    const path = "/text/analytics/v3.2-preview.2/analyze";
    const body = { analysisInput: { documents: [{ id: "1", text: "x" }] }, tasks: { keyPhraseExtractionTasks: [{}] } };
    const accepted = await limited.call("POST", path, body);
    const words = (name: string, wait: string): string =>
      `Requests to the ${name} Operation under Text Analytics API (v3.2-preview.2) have exceeded rate limit of your ` +
      `current TextAnalytics S pricing tier. Please retry after ${wait}. Please contact Azure support service if you ` +
      "would like to further increase the default rate limit.";
    const refused = await limited.call("POST", path, body);
    expect(refused.body).toEqual({ error: { code: "429", message: words("Submit analysis job", "2 seconds") } });
    limited.clock.advance(1);
    const look = await limited.call("GET", locationOf(accepted));
    expect(look.body).toEqual({
      error: { code: "429", message: words("Get analysis status and results", "1 second") },
    });
  });

  it("can give submits and looks a budget each", async () => {
    const rateLimits = [{ requests: 1, seconds: 60 }];
    await using apart = await EmulatorFixture.start({ rateLimits, rateCounting: "apart" });
    const accepted = await apart.submit(request(["x"], [KEY_PHRASES]));
    expect((await apart.call("GET", locationOf(accepted))).status).toBe(200);
    expect((await apart.call("GET", locationOf(accepted))).status).toBe(429);
    expect((await apart.submit(request(["x"], [KEY_PHRASES]))).status).toBe(429);
  });

  it("count looks at jobs, too", async () => {
    await using limited = await EmulatorFixture.start({ rateLimits: [{ requests: 1, seconds: 1 }] });
    expect((await limited.run(request(["x"], [KEY_PHRASES]))).status).toBe(200);
    const accepted = await limited.submit(request(["x"], [KEY_PHRASES]));
    expect(accepted.status).toBe(429);
  });
});
