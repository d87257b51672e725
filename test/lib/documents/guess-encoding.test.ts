import { describe, expect, it } from "vitest";
import { decodeDocument } from "../../../src/lib/documents/decode-document.ts";
import { DocumentError } from "../../../src/lib/documents/document.ts";
import { processorMs } from "../../helpers/processor-time.ts";
import { encodeLegacy, LEGACY_TEXTS, LOG_LINE } from "./legacy-texts.ts";

const CASES = LEGACY_TEXTS.flatMap(({ language, text, encodings }) => {
  return encodings.map((encoding) => ({ language, text, encoding }));
});

describe("a text in a legacy encoding that nothing states", () => {
  it.each(CASES)("is read: $language in $encoding", ({ text, encoding }) => {
    expect(read(encodeLegacy(text, encoding))).toBe(text);
  });

  it.each(CASES)("is read among the lines of a log: $language in $encoding", ({ text, encoding }) => {
    const mixed = text.split("\n").join(`\n${LOG_LINE.repeat(2)}`);
    expect(read(encodeLegacy(mixed, encoding))).toBe(mixed);
  });

  it("is right or refused, whatever part of it is there, and however much English around it: 99 of 100", () => {
    const counts = { right: 0, refused: 0, wrong: 0 };
    for (const { text, encoding } of CASES) {
      const words = text.split(" ");
      for (const length of [5, 8, 12, 20]) {
        for (let from = 0; from + length <= words.length; from += 4) {
          const part = words.slice(from, from + length).join(" ");
          const logged = LOG_LINE.repeat(from % 3) + part;
          if (part.length < 20 || !/[^\0-\x7f]/.test(part)) continue;
          const found = readOrRefuse(encodeLegacy(logged, encoding));
          counts[found === undefined ? "refused" : found === logged ? "right" : "wrong"]++;
        }
      }
    }
    const all = counts.right + counts.refused + counts.wrong;
    expect(all).toBeGreaterThan(500);
    expect(counts.wrong / all, JSON.stringify(counts)).toBeLessThanOrEqual(0.01);
    expect(counts.right / all, JSON.stringify(counts)).toBeGreaterThan(0.85);
  });

  it.each([
    "The refund of €12 has not arrived.",
    "I don’t know why the parcel hasn’t arrived yet.",
    "Please refund £25 to my account as agreed.",
    "He said “we will pay” and left – nothing came.",
    "Wait… the order was cancelled twice, and nobody told us about it.",
    "The room was at 21 °C all day, which is fine.",
    "Müller GmbH has not paid the invoice yet. Please call them again this week.",
    "We met at the café near the office and discussed the contract.",
  ])("is windows-1252 where it is English with a few other characters: %s", (text) => {
    expect(decodeDocument(encodeLegacy(text, "windows-1252"), { name: "a.txt" })).toEqual({
      text,
      encoding: { name: "windows-1252", source: "content" },
    });
  });

  it.each([
    ["two letters", "Да", "windows-1251"],
    ["one word of few letters", "ПРИВЕТ", "koi8-r"],
    ["three names among English", "y-togiya/*/谷 祐介/*/ member since 2019, plan basic, region tokyo", "shift_jis"],
  ])("is refused with how it may read where it could be several: %s", (_, text, encoding) => {
    const error = refusalOf(encodeLegacy(text, encoding));
    expect(error.code).toBe("UnknownEncoding");
    expect(error.candidates?.length).toBeGreaterThan(0);
    for (const { encoding: candidate, line } of error.candidates ?? []) {
      expect(error.message).toContain(candidate);
      expect(line).not.toBe("");
      expect(line.length).toBeLessThanOrEqual(60);
      expect(error.message + error.hint).not.toContain(line);
    }
  });

  it("takes no longer for a long document than one pass over it", () => {
    const text = LEGACY_TEXTS.find(({ language }) => language === "Russian")?.text ?? "";
    const long = encodeLegacy(text.repeat(20_000), "koi8-r");
    const taken = processorMs(() => {
      expect(decodeDocument(long, { name: "a.txt" }).encoding.name).toBe("koi8-r");
    });
    expect(taken).toBeLessThan(10_000);
  });
});

function read(bytes: Uint8Array): string {
  return decodeDocument(bytes, { name: "notes.txt" }).text;
}

function readOrRefuse(bytes: Uint8Array): string | undefined {
  try {
    return read(bytes);
  } catch (error) {
    expect(error).toMatchObject({ code: expect.stringMatching(/^(?:UnknownEncoding|MixedEncodings)$/) });
    return undefined;
  }
}

function refusalOf(bytes: Uint8Array): DocumentError {
  try {
    read(bytes);
  } catch (error) {
    if (error instanceof DocumentError) return error;
    throw error;
  }
  throw new Error("It was read");
}
