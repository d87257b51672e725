import { describe, expect, it } from "vitest";
import { classifyAnswer, type Purpose } from "../../../../src/lib/language/errors/classify.ts";
import type { ErrorClass } from "../../../../src/lib/language/errors/language-error.ts";

const NOW = Date.parse("2025-03-01T12:00:00Z");

function classify(status: number, body?: unknown, purpose: Purpose = "submit", headers: Record<string, string> = {}) {
  const reader = { get: (name: string) => headers[name] };
  return classifyAnswer(
    { status, headers: reader, body, requestId: "r-1", attempts: 1, bytes: 0 },
    { purpose, words: "the job" },
    NOW,
  );
}

function said(code: string, inner?: string) {
  const innererror = inner === undefined ? {} : { innererror: { code: inner, message: `About ${inner}.` } };
  return { error: { code, message: `About ${code}.`, ...innererror } };
}

function quotaWords(code: string) {
  const message = "Out of call volume quota for TextAnalytics F0 pricing tier. Please retry after 15 days.";
  return { error: { code, message } };
}

describe("classifyAnswer", () => {
  it.each<[string, number, unknown, ErrorClass, string]>([
    ["a wrong key, as recorded", 401, said("401"), "blocked", "Unauthorized"],
    ["a gateway without words", 401, undefined, "blocked", "Unauthorized"],
    ["a missing right", 403, said("PermissionDenied"), "blocked", "PermissionDenied"],
    ["keys switched off", 403, said("AuthenticationTypeDisabled"), "blocked", "AuthenticationTypeDisabled"],
    ["a right withdrawn at the gateway", 403, said("403"), "blocked", "Forbidden"],
    ["an unknown project", 404, said("ProjectNotFound"), "blocked", "ProjectNotFound"],
    ["an unknown project as a 400", 400, said("InvalidRequest", "ProjectNotFound"), "blocked", "ProjectNotFound"],
    ["an unknown deployment", 400, said("InvalidArgument", "DeploymentNotFound"), "blocked", "DeploymentNotFound"],
    ["a wrong path, as recorded", 404, said("404"), "blocked", "NotFound"],
    [
      "an unknown model version, as recorded",
      400,
      said("InvalidRequest", "InvalidParameterValue"),
      "blocked",
      "InvalidParameterValue",
    ],
    ["an old model version", 400, said("InvalidRequest", "ModelVersionIncorrect"), "blocked", "ModelVersionIncorrect"],
    [
      "a body of another version",
      400,
      said("InvalidRequest", "InvalidRequestBodyFormat"),
      "blocked",
      "InvalidRequestBodyFormat",
    ],
    ["another method", 405, undefined, "blocked", "InvalidRequestBodyFormat"],
    ["a retired version", 410, said("Gone"), "blocked", "Gone"],
    ["a redirect", 302, undefined, "blocked", "Redirected"],
    [
      "too many documents, as recorded",
      400,
      said("InvalidRequest", "InvalidDocumentBatch"),
      "document",
      "InvalidDocumentBatch",
    ],
    ["an empty document", 400, said("InvalidArgument", "InvalidDocument"), "document", "InvalidDocument"],
    ["too large a body", 413, undefined, "document", "InvalidDocument"],
    ["a timeout of the service", 408, undefined, "transient", "Timeout"],
    ["a conflict", 409, said("Conflict"), "transient", "Conflict"],
    ["a fault of the service", 500, said("InternalServerError"), "transient", "InternalServerError"],
    ["a broken gateway", 502, undefined, "transient", "ServiceUnavailable"],
    ["a busy service", 503, said("ServiceUnavailable"), "transient", "ServiceUnavailable"],
    ["a fault that blames the request", 500, said("InvalidRequest", "InvalidDocument"), "transient", "InvalidDocument"],
    ["a throttle", 429, said("TooManyRequests"), "throttled", "TooManyRequests"],
    ["a throttle of the gateway", 429, said("429"), "throttled", "TooManyRequests"],
    ["a throttle without words", 429, undefined, "throttled", "TooManyRequests"],
  ])("%s (%i)", (_, status, body, errorClass, code) => {
    expect(classify(status, body)).toMatchObject({ class: errorClass, code, status, requestId: "r-1", certain: true });
  });

  it.each<[string, unknown, Record<string, string>]>([
    ["says when it ends", said("403"), { "retry-after": "1296000" }],
    ["is in the words of the service", quotaWords("403"), {}],
    ["has a code of a right, and both", quotaWords("PermissionDenied"), { "retry-after": "1296000" }],
  ])("takes a 403 that %s for a quota that is used up", (_, body, headers) => {
    const { hint, ...error } = classify(403, body, "submit", headers);
    expect(error).toMatchObject({ class: "blocked", code: "QuotaExceeded", certain: true });
    expect(hint).not.toContain("role");
    if (headers["retry-after"] !== undefined) expect(hint).toContain("until 2025-03-16T12:00:00.000Z");
    if (body !== undefined && JSON.stringify(body).includes("F0")) expect(hint).toContain("F0 pricing tier is used up");
  });

  it("leaves open whether a language that the task does not know is the document's or the setting's", () => {
    expect(classify(400, said("InvalidArgument", "UnsupportedLanguageCode"))).toMatchObject({
      class: "document",
      code: "UnsupportedLanguageCode",
      certain: false,
    });
  });

  it.each<[string, number, unknown, string]>([
    ["a code nobody knows", 400, said("InvalidRequest", "SomethingNew"), "SomethingNew"],
    ["duplicate ids, as recorded", 400, said("InvalidArgument"), "InvalidArgument"],
    ["the gateway's own", 400, said("BadRequest"), "BadRequest"],
    ["documents that did not arrive", 400, said("InvalidRequest", "EmptyRequest"), "EmptyRequest"],
    ["no documents", 400, said("InvalidRequest", "MissingInputDocuments"), "MissingInputDocuments"],
    ["no words", 400, undefined, "Http400"],
    ["another word for it", 422, {}, "Http422"],
  ])("takes %s for a document's fault, but is not certain", (_, status, body, code) => {
    expect(classify(status, body)).toMatchObject({ class: "document", code, certain: false });
  });

  it.each([
    ["", undefined],
    ["with the gateway's words", said("404")],
    ["with the service's words", said("NotFound")],
    ["with other words", said("InvalidRequest", "OperationNotFound")],
  ])("takes a 404 on a look %s for a job that is gone", (_, body) => {
    expect(classify(404, body, "poll")).toMatchObject({ class: "transient", code: "JobNotFound" });
  });

  it("blocks on a look that is not allowed", () => {
    expect(classify(401, said("401"), "poll")).toMatchObject({ class: "blocked", code: "Unauthorized" });
  });

  it("says what was refused, how, and the deepest of the service's words", () => {
    const { message, hint } = classify(400, said("InvalidRequest", "InvalidParameterValue"));
    expect(message).toBe(
      "The Language service refused the job with HTTP 400 (InvalidParameterValue): About InvalidParameterValue.",
    );
    expect(hint).toContain("pipelines.json");
  });

  it.each<[number, unknown, string]>([
    [403, undefined, "Language Reader"],
    [401, said("401"), "LANGUAGE_KEY"],
    [400, said("BadRequest"), "own subdomain"],
    [404, said("ProjectNotFound"), "deploymentName"],
    [404, said("404"), "apiVersion"],
    [403, said("AuthenticationTypeDisabled"), "remove LANGUAGE_KEY"],
  ])("%i %j: the hint speaks of it", (status, body, words) => {
    expect(classify(status, body).hint).toContain(words);
  });

  it.each([
    [{ "retry-after": "7" }, 7],
    [{ "retry-after-ms": "1500", "retry-after": "7" }, 1.5],
    [{ "retry-after": "Sat, 01 Mar 2025 12:00:30 GMT" }, 30],
    [{}, undefined],
  ])("carries on how long to wait: %j", (headers, seconds) => {
    expect(classify(429, undefined, "submit", headers).retryAfterSeconds).toBe(seconds);
  });

  it("reads bodies that are not what they should be", () => {
    for (const body of ["text", 7, null, [], { error: "text" }, { error: {} }, { message: "x" }]) {
      expect(classify(400, body)).toMatchObject({ class: "document", certain: false });
    }
  });
});
