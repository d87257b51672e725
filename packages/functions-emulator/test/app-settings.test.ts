import { describe, expect, test } from "vitest";
import { AppSettings, applyEnvironment } from "../src/app-settings.ts";

const settings = new AppSettings({
  INPUT: "documents",
  AzureWebJobsStorage: "one",
  Other: "two",
  Cloud__accountName: "x",
});

describe("substitution", () => {
  test.each([
    ["%INPUT%/{name}", "documents/{name}"],
    ["%input%-%INPUT%", "documents-documents"],
    ["no settings", "no settings"],
  ])("%s becomes %s", (text, expected) => {
    expect(settings.substitute(text, "here")).toBe(expected);
  });

  test("a missing setting is named together with the place that needs it", () => {
    expect(() => settings.substitute("%NOPE%/{name}", 'Function "f", binding blobTrigger')).toThrow(
      'Function "f", binding blobTrigger: "%NOPE%/{name}" needs the app setting NOPE, which is not set.',
    );
  });

  test("a percent sign without a partner is refused", () => {
    expect(() => settings.substitute("50%", "here")).toThrow(/closing/);
  });
});

describe("connections", () => {
  test.each([
    [undefined, "one"],
    ["", "one"],
    ["AzureWebJobsStorage", "one"],
    ["Storage", "one"],
    ["Other", "two"],
  ])("%j is found", (name, expected) => {
    expect(settings.connectionString(name, "here")).toBe(expected);
  });

  test("a missing connection is refused with the names that were tried", () => {
    expect(() => settings.connectionString("Nope", "here")).toThrow(
      "here: the connection needs the app setting AzureWebJobsNope or Nope, which is not set.",
    );
  });

  test("an identity-based connection is refused as such", () => {
    expect(() => settings.connectionString("Cloud", "here")).toThrow(/given as an identity/);
  });
});

test("the environment is put back as it was", () => {
  process.env.HOST_TEST_KEPT = "before";
  const restore = applyEnvironment({ HOST_TEST_KEPT: "during", HOST_TEST_NEW: "during" });
  expect([process.env.HOST_TEST_KEPT, process.env.HOST_TEST_NEW]).toEqual(["during", "during"]);
  restore();
  expect([process.env.HOST_TEST_KEPT, process.env.HOST_TEST_NEW]).toEqual(["before", undefined]);
  delete process.env.HOST_TEST_KEPT;
});
