import { describe, expect, it } from "vitest";
import type { AuthoringClient } from "../../../../src/lib/language/authoring/authoring.ts";
import { createAuthoringClient } from "../../../../src/lib/language/authoring/authoring-client.ts";
import { LanguageError } from "../../../../src/lib/language/errors/language-error.ts";
import { json, type Reply, scriptedServer, text } from "../scripted-server.ts";

const TRAINING = {
  modelLabel: "m",
  trainingConfigVersion: "latest",
  evaluationOptions: { kind: "percentage" },
} as const;

async function errorOf(reply: Reply, act: (client: AuthoringClient) => Promise<unknown>): Promise<LanguageError> {
  const { endpoint } = await scriptedServer(reply);
  const client = createAuthoringClient({
    endpoint,
    apiVersion: "2023-04-01",
    credential: { key: "secret-key" },
    timeoutSeconds: 60,
    retryDelaysMs: [],
  });
  const error = await act(client).catch((caught: unknown) => caught);
  if (!(error instanceof LanguageError)) throw new Error("no LanguageError");
  expect(`${error.message} ${error.hint}`).not.toContain("secret-key");
  return error;
}

const error = (code: string, inner?: string) => ({
  error: {
    code,
    message: "outer words",
    ...(inner === undefined ? {} : { innererror: { code: inner, message: "inner words" } }),
  },
});
const train = (client: AuthoringClient) => client.train("tickets", TRAINING);

describe("a refusal of authoring", () => {
  it.each<[number, unknown, Partial<LanguageError>]>([
    [400, error("InvalidRequest", "UnsupportedLanguageCode"), { class: "document", code: "UnsupportedLanguageCode" }],
    [400, error("InvalidArgument"), { class: "document", code: "InvalidArgument" }],
    [400, undefined, { class: "document", code: "Http400" }],
    [401, error("401"), { class: "blocked", code: "Unauthorized" }],
    [403, error("Forbidden"), { class: "blocked", code: "Forbidden" }],
    [404, error("ProjectNotFound"), { class: "document", code: "ProjectNotFound" }],
    [404, error("404"), { class: "blocked", code: "UnknownPath" }],
    [409, error("Conflict"), { class: "transient", code: "Conflict" }],
    [429, error("429"), { class: "throttled", code: "TooManyRequests" }],
    [400, error("QuotaExceeded"), { class: "document", code: "QuotaExceeded" }],
    [503, undefined, { class: "transient", code: "ServiceUnavailable" }],
    [302, undefined, { class: "blocked", code: "Redirected" }],
  ])("with HTTP %i and %j is classed", async (status, body, expected) => {
    expect(await errorOf(json(status, body ?? {}), train)).toMatchObject({ ...expected, status });
  });

  it("tells who may do it, and where, when rights are missing", async () => {
    const { hint } = await errorOf(json(403, error("Forbidden")), train);
    expect(hint).toMatch(
      /Cognitive Services Language Owner.*f07febfe-79bc-46b1-8b37-790e26e6e498.*http:\/\/127\.0\.0\.1:\d+ as its scope/,
    );
  });

  it("quotes the service's most specific words", async () => {
    const { message } = await errorOf(json(400, error("InvalidRequest", "InvalidParameterValue")), train);
    expect(message).toBe(
      "The Language service refused to train a model with HTTP 400 (InvalidParameterValue): inner words",
    );
  });

  it("says how long to wait when the rate limit is reached", async () => {
    const caught = await errorOf(json(429, error("429"), { "retry-after": "23" }), train);
    expect(caught).toMatchObject({ class: "throttled", retryAfterSeconds: 23 });
    expect(caught.hint).toContain("10 POST");
  });

  it("points at models when a training is refused, at deployments when a deployment is", async () => {
    expect((await errorOf(json(400, error("InvalidRequest")), train)).hint).toContain("at most 10 models");
    const deploy = (client: AuthoringClient) =>
      client.wire === "current" ? client.deploy("p", "d", "m") : Promise.reject(new Error("preview"));
    expect((await errorOf(json(400, error("InvalidRequest")), deploy)).hint).toContain("at most 10 deployments");
  });

  it("of a look at a job the service forgot asks to look anew", async () => {
    const look = (client: AuthoringClient) => client.getJob({ jobId: "x", location: "http://127.0.0.1/a/jobs/x" });
    expect(await errorOf(json(404, error("NotFound")), look)).toMatchObject({
      class: "transient",
      code: "JobNotFound",
    });
  });

  it("that is a success without what it should hold is unreadable", async () => {
    expect(await errorOf(text(202, ""), train)).toMatchObject({ class: "transient", code: "UnreadableResponse" });
    const look = (client: AuthoringClient) => client.getJob({ jobId: "x", location: "http://127.0.0.1/a/jobs/x" });
    const { message } = await errorOf(json(200, { status: 7 }), look);
    expect(message).toContain("jobId");
  });
});
