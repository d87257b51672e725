import { createPipelineRequest, RestError } from "@azure/core-rest-pipeline";
import { AggregateAuthenticationError, AuthenticationError, CredentialUnavailableError } from "@azure/identity";
import { describe, expect, it } from "vitest";
import type { HeldState, Hold } from "../../../src/lib/common/hold.ts";
import { type ErrorClass, LanguageError } from "../../../src/lib/language/errors/language-error.ts";
import { classifyFailure } from "../../../src/lib/project/retry-policy.ts";

const NOW = Date.parse("2026-01-01T00:00:00Z");
const refusal = (errorClass: ErrorClass, retryAfterSeconds?: number) =>
  new LanguageError({ class: errorClass, code: "C", message: "m", hint: "h", retryAfterSeconds });

/** How long it is waited after the n-th failure of one kind in a row. */
function pauses(error: unknown, count: number): number[] {
  let before: Hold | undefined;
  return Array.from({ length: count }, () => {
    const action = classifyFailure(error, { before, now: NOW, longestBlockedSeconds: 300 });
    if (action.kind !== "hold") throw new Error("not held");
    before = action.hold;
    return action.pauseSeconds;
  });
}

describe("a step that failed", () => {
  it.each<[ErrorClass, HeldState]>([
    ["blocked", "blocked"],
    ["throttled", "throttled"],
    ["transient", "retrying"],
  ])("with an error of class %s is %s", (errorClass, state) => {
    const action = classifyFailure(refusal(errorClass), { before: undefined, now: NOW, longestBlockedSeconds: 300 });
    expect(action).toMatchObject({
      hold: { state, times: 1, since: "2026-01-01T00:00:00.000Z", reason: { code: "C", message: "m", hint: "h" } },
    });
  });

  it.each([
    [
      "a right on the storage account is missing",
      new RestError("no", { statusCode: 403, code: "X" }),
      "StorageForbidden",
    ],
    ["the storage account does not know who asks", new RestError("no", { statusCode: 401 }), "StorageForbidden"],
    ["there is no identity", new CredentialUnavailableError("no\nlong"), "CredentialUnavailable"],
    ["the identity is refused", new AuthenticationError(400, { error: "no" }), "CredentialUnavailable"],
    ["none of several identities can be used", new AggregateAuthenticationError([]), "CredentialUnavailable"],
  ])("because %s is blocked, and says what to do", (_, error, code) => {
    const action = classifyFailure(error, { before: undefined, now: NOW, longestBlockedSeconds: 300 });
    const hint = expect.stringContaining("Storage Blob Data Contributor");
    expect(action).toMatchObject({ hold: { state: "blocked", reason: { code, hint } }, pauseSeconds: 5 });
  });

  it("names the storage account that refused, not the query with which it was asked", () => {
    const request = createPipelineRequest({ url: "https://acc.blob.core.windows.net/c/b?sig=s3cret" });
    const action = classifyFailure(new RestError("no", { statusCode: 403, code: "AuthorizationFailure", request }), {
      before: undefined,
      now: NOW,
      longestBlockedSeconds: 300,
    });
    const message = "acc.blob.core.windows.net refused the application with HTTP 403 (AuthorizationFailure)";
    expect(action).toMatchObject({ hold: { reason: { message: expect.stringContaining(message) } } });
    expect(JSON.stringify(action)).not.toContain("s3cret");
  });

  it("because of what was asked is not tried again", () => {
    const action = classifyFailure(refusal("document"), { before: undefined, now: NOW, longestBlockedSeconds: 300 });
    expect(action).toEqual({ kind: "refuse", reason: { code: "C", message: "m", hint: "h" } });
  });

  it("is tried again after pauses that grow up to a limit, or that the service names", () => {
    expect(pauses(refusal("blocked"), 8)).toEqual([5, 10, 20, 40, 80, 160, 300, 300]);
    expect(pauses(refusal("throttled"), 5)).toEqual([6, 12, 24, 48, 60]);
    expect(pauses(new Error("storage"), 7)).toEqual([2, 4, 8, 16, 32, 60, 60]);
    expect(pauses(refusal("throttled", 17), 3)).toEqual([17, 17, 17]);
    expect(pauses(refusal("transient", 17), 3)).toEqual([17, 17, 17]);
  });

  it("is tried again after a growing pause where the service asks for none, and within an hour where it asks for more", () => {
    expect(pauses(refusal("throttled", 0), 3)).toEqual([6, 12, 24]);
    expect(pauses(refusal("transient", 0), 3)).toEqual([2, 4, 8]);
    expect(pauses(refusal("throttled", 86_400), 2)).toEqual([3_600, 3_600]);
    expect(pauses(refusal("blocked", 86_400), 2)).toEqual([5, 10]);
  });

  it("begins to count anew when something else is wrong", () => {
    const before: Hold = {
      state: "throttled",
      since: "2025-01-01T00:00:00Z",
      times: 9,
      reason: { code: "", message: "", hint: "" },
    };
    const action = classifyFailure(refusal("blocked"), { before, now: NOW, longestBlockedSeconds: 300 });
    expect(action).toMatchObject({ hold: { times: 1, since: "2026-01-01T00:00:00.000Z" }, pauseSeconds: 5 });
  });

  it("for a reason of our own shows its first line only", () => {
    const action = classifyFailure(new Error("no storage\nrequest: {...}"), {
      before: undefined,
      now: NOW,
      longestBlockedSeconds: 300,
    });
    expect(action).toMatchObject({
      hold: { reason: { code: "StepFailed", message: "Work on the project failed: no storage" } },
    });
  });
});
