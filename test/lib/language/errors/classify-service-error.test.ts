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
