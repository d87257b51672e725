import { describe, expect, it } from "vitest";
import { languageResource, resourceAt } from "../../../src/lib/settings/language-resource.ts";

const settings = { languageEndpoint: "https://main.cognitiveservices.azure.com", languageKey: "k" };

describe("languageResource", () => {
  it("is the default one, with its key", () => {
    expect(languageResource({}, settings)).toEqual({ endpoint: settings.languageEndpoint, key: "k" });
  });

  it.each([
    ["https://main.cognitiveservices.azure.com", "k"],
    ["https://other.cognitiveservices.azure.com", undefined],
    ["https://main.cognitiveservices.azure.com:8443", undefined],
    ["http://localhost:5000", "k"],
  ])("shows the key to %s: %s", (endpoint, key) => {
    expect(languageResource({ endpoint }, settings).key).toBe(key);
    expect(resourceAt(endpoint, settings)).toEqual(key === undefined ? { endpoint } : { endpoint, key });
  });

  it("has no key to show when none is set", () => {
    expect(languageResource({}, { languageEndpoint: settings.languageEndpoint }).key).toBeUndefined();
  });
});
