import { describe, expect, it } from "vitest";
import { fromCulture, isOneOf, sameLanguage, toCulture, trainingLanguages } from "../../../src/lib/labels/languages.ts";

describe("languages of projects", () => {
  it.each([
    ["en", "en-US", true],
    ["en-gb", "en-us", true],
    ["pt-pt", "pt-br", false],
    ["pt", "pt-br", true],
    ["zh-hans", "zh", true],
    ["de", "en", false],
  ])("%s and %s are the same: %s", (one, other, same) => {
    expect(sameLanguage(one, other)).toBe(same);
    expect(sameLanguage(other, one)).toBe(same);
  });

  it.each([
    ["en", "en-US"],
    ["EN-us", "en-US"],
    ["pt-br", "pt-BR"],
    ["de", "de-DE"],
    ["sv", "sv"],
  ])("%s is the culture %s of the preview", (code, culture) => {
    expect(toCulture(code)).toBe(culture);
  });

  it("come back from cultures as the service lists them", () => {
    expect(["en-US", "de-DE", "pt-pt", "xx-YY"].map(fromCulture)).toEqual(["en-us", "de", "pt-pt", "xx-YY"]);
  });

  it("are fewer for health and for the preview", () => {
    expect(isOneOf(trainingLanguages("CustomEntityRecognition", "current"), "sv")).toBe(true);
    expect(isOneOf(trainingLanguages("CustomHealthcare", "current"), "sv")).toBe(false);
    expect(isOneOf(trainingLanguages("CustomEntityRecognition", "preview"), "sv")).toBe(false);
  });
});
