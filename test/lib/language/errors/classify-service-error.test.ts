import { describe, expect, it } from "vitest";
import type { ServiceError } from "../../../../src/lib/language/analysis.ts";
import { classifyServiceError } from "../../../../src/lib/language/errors/classify.ts";
import { hintFor } from "../../../../src/lib/language/errors/code-rules.ts";

function nested(...codes: string[]): ServiceError {
  const [code = "", ...inner] = codes;
  return { code, message: `About ${code}.`, ...(inner.length === 0 ? {} : { innererror: nested(...inner) }) };
}

describe("classifyServiceError", () => {
  it.each([
    ["an empty document, as recorded", nested("InvalidArgument", "InvalidDocument"), "document", "InvalidDocument"],
    ["a fault of the service", nested("InternalServerError"), "transient", "InternalServerError"],
    [
      "an unknown deployment of a task",
      nested("InvalidRequest", "DeploymentNotFound"),
      "blocked",
      "DeploymentNotFound",
    ],
    ["a refused parameter", nested("InvalidArgument", "InvalidParameterValue"), "blocked", "InvalidParameterValue"],
    ["a throttle inside", nested("InvalidRequest", "TooManyRequests"), "throttled", "TooManyRequests"],
    ["a lost job", nested("JobExpired"), "transient", "JobExpired"],
    ["a task of which nothing was heard", nested("TaskMissing"), "transient", "TaskMissing"],
    ["an answer about a task that cannot be read", nested("UnreadableTask"), "blocked", "UnreadableTask"],
  ])("%s", (_, error, errorClass, code) => {
    expect(classifyServiceError(error)).toMatchObject({ class: errorClass, code, certain: true });
  });

  it("goes by the most specific code it knows, and quotes the most specific words", () => {
    const error = nested("InvalidRequest", "ProjectNotFound", "SomethingNew");
    expect(classifyServiceError(error)).toMatchObject({
      class: "blocked",
      code: "ProjectNotFound",
      message: "About SomethingNew.",
    });
  });

  it("takes a language for the document's, as recorded, but leaves open that it may be the setting's", () => {
    expect(classifyServiceError(nested("InvalidArgument", "UnsupportedLanguageCode"))).toMatchObject({
      class: "document",
      code: "UnsupportedLanguageCode",
      certain: false,
    });
  });

  it("guesses that a code nobody knows blames the document", () => {
    expect(classifyServiceError(nested("InvalidRequest", "SomethingNew"))).toMatchObject({
      class: "document",
      code: "SomethingNew",
      certain: false,
    });
  });

  it("never goes by words", () => {
    const error = { code: "InternalServerError", message: "Invalid document in request." };
    expect(classifyServiceError(error).class).toBe("transient");
  });

  it.each(["constructor", "__proto__", "toString", ""])("is not misled by the code %j", (code) => {
    expect(classifyServiceError({ code, message: "" })).toMatchObject({
      class: "document",
      certain: false,
      message: "The service gave no reason",
    });
  });
});

describe("hintFor", () => {
  it("says what to do about a code, known or not", () => {
    expect(hintFor("ProjectNotFound")).toContain("projectName");
    expect(hintFor("SomethingNew")).not.toBe("");
  });
});

describe("words about an expired deployment", () => {
  const judged = (error: { code: string; message: string }) => classifyServiceError(error);

  it.each([
    "The deployment 'production' of project 'tickets' has expired.",
    "Model m1 expired on 2026-10-22.",
    "The training config version 2022-05-01 has expired",
  ])("count where no code says anything, until the canary has confirmed it: %s", (message) => {
    expect(judged({ code: "InvalidRequest", message })).toMatchObject({ code: "DeploymentExpired", certain: false });
  });

  it("never count against a code that says something, nor where something else has expired", () => {
    const message = "The deployment 'production' has expired.";
    expect(judged({ code: "InvalidDocument", message }).code).toBe("InvalidDocument");
    expect(judged({ code: "InvalidRequest", message: "Your subscription has expired." }).code).toBe("InvalidRequest");
  });
});
