import iconv from "iconv-lite";
import { describe, expect, it } from "vitest";
import { decodeDocument } from "../../../src/lib/documents/decode-document.ts";
import { encodeLegacy, LEGACY_TEXTS } from "./legacy-texts.ts";

const RUSSIAN = "Письмо";
const GERMAN = "Die Lieferung für Herrn Müller enthält größere Schäden.\n";

/** "Письмо" where each kind of document has its declaration. */
const DECLARING: readonly (readonly [kind: string, of: (charset: string) => string])[] = [
  ["XML", (charset) => `<?xml version="1.0" encoding="${charset}"?>\n<a>${RUSSIAN}</a>`],
  ["XML with single quotes", (charset) => `<?xml version='1.0' encoding = '${charset}' ?><a>${RUSSIAN}</a>`],
  ["HTML", (charset) => `<!DOCTYPE html><html><head><meta charset=${charset}><title>${RUSSIAN}</title>`],
  [
    "older HTML",
    (charset) =>
      `<html><HEAD><META http-equiv="Content-Type" content="text/html; charset=${charset}"></HEAD>${RUSSIAN}`,
  ],
  ["HTML with a long head", (charset) => `<html><!--${"-".repeat(1500)}--><meta charset="${charset}">${RUSSIAN}`],
  ["CSS", (charset) => `@charset "${charset}";\nq { content: "${RUSSIAN}" }`],
  [
    "a mail",
    (charset) =>
      `From: a@example.org\r\nContent-Type: text/plain;\r\n format=flowed; charset="${charset}"\r\n\r\n${RUSSIAN}`,
  ],
];

describe("a stated encoding", () => {
  it.each(DECLARING)("is obeyed where the document declares it: %s", (_, documentIn) => {
    for (const charset of ["windows-1251", "koi8-r", "ibm866", "iso-8859-5", "x-mac-cyrillic"]) {
      const text = documentIn(charset);
      expect(decode(encodeLegacy(text, charset))).toEqual({
        text,
        encoding: { name: charset, source: "declaration" },
      });
    }
  });

  it("counts in the first 2 KB only", () => {
    const letter = LEGACY_TEXTS.find(({ language }) => language === "Russian")?.text;
    const text = `${"a ".repeat(1100)}<meta charset="koi8-r">\n${letter}`;
    expect(decode(encodeLegacy(text, "windows-1251")).encoding).toEqual({ name: "windows-1251", source: "content" });
  });

  it("is obeyed in this order: pipeline, content type, document", () => {
    const text = `<meta charset="koi8-r">${RUSSIAN}`;
    const contentType = "text/html; charset=ibm866";
    const about = { contentType, encoding: "windows-1251" };
    expect(decode(encodeLegacy(text, "windows-1251"), about).encoding.source).toBe("pipeline");
    expect(decode(encodeLegacy(text, "ibm866"), { contentType })).toEqual({
      text,
      encoding: { name: "ibm866", source: "contentType" },
    });
    // Tools write it unasked.
    const unasked = { contentType: "text/html; charset=utf-8" };
    expect(decode(encodeLegacy(text, "koi8-r"), unasked)).toEqual({
      text,
      encoding: { name: "koi8-r", source: "declaration" },
    });
  });

  it.each(["koi8-r", "windows-1252", "shift_jis", "no-such-charset"])(
    "gives way to UTF-8 that is no chance, and to ASCII: %s",
    (charset) => {
      for (const text of [LEGACY_TEXTS[0]?.text ?? "", "plain ASCII, the same in all"]) {
        const contentType = `text/plain; charset=${charset}`;
        expect(decode(Buffer.from(text), { contentType })).toEqual({
          text,
          encoding: { name: "utf-8", source: "utf8" },
        });
      }
    },
  );

  it.each([
    ["is unknown", "no-such-charset", /cannot be read here.*\(no-such-charset\)/],
    ["is no charset", "base64", /cannot be read here.*\(base64\)/],
    ["is not the document's", "shift_jis", /not in the encoding that its content type names \(shift_jis\)/],
  ])("refuses the document by name where it %s", (_, charset, message) => {
    const bytes = iconv.encode("Grüße aus Köln, naïve Fräulein", "windows-1252");
    expect(() => decode(bytes, { contentType: `text/plain; charset=${charset}` })).toThrow(
      expect.objectContaining({ code: "UnknownEncoding", message: expect.stringMatching(message) }),
    );
  });

  it.each([
    ["utf-7", "Hi Mom +Jjo-!"],
    ["hz-gb-2312", "~{VPND~}"],
    ["iso-2022-kr", "\u000e>H3g\u000f"],
  ])("refuses what would pass for ASCII: %s", (charset, text) => {
    const contentType = `text/plain; charset=${charset}`;
    expect(() => decode(Buffer.from(text), { contentType })).toThrow(
      expect.objectContaining({ code: "UnknownEncoding", message: expect.stringContaining(`(${charset})`) }),
    );
  });

  it("of the pipeline is somebody's word, UTF-8 too", () => {
    const bytes = iconv.encode(GERMAN, "windows-1252");
    expect(() => decode(bytes, { encoding: "utf-8" })).toThrow("not in the encoding that the pipeline states (utf-8)");
    expect(() => decode(bytes, { encoding: "euc-jp" })).toThrow("the pipeline states (euc-jp)");
    expect(decode(iconv.encode("ÄÖ", "cp850"), { encoding: "cp850" }).text).toBe("ÄÖ");
  });

  it("of ISO 8859-1 is what browsers take for it", () => {
    const contentType = "text/plain; charset=iso-8859-1";
    expect(decode(iconv.encode("12 €", "windows-1252"), { contentType })).toEqual({
      text: "12 €",
      encoding: { name: "windows-1252", source: "contentType" },
    });
    expect(decode(iconv.encode("é", "iso-8859-1"), { contentType }).encoding.name).toBe("iso-8859-1");
  });

  it("may have a damaged character, and the record says how many", () => {
    const bytes = Buffer.concat([
      iconv.encode("注文番号の商品がまだ届いていません。".repeat(20), "euc-jp"),
      Buffer.from([0xff]),
    ]);
    expect(decode(bytes, { contentType: "text/plain; charset=euc-jp" }).encoding).toEqual({
      name: "euc-jp",
      source: "contentType",
      damaged: 1,
    });
  });
});

describe("ISO-2022", () => {
  const letter = "From: customer@example.jp\n\n\u001b$BCmJ8HV9f\u001b(B1024\n";

  it("is recognised by its escape sequences, whatever is stated", () => {
    for (const charset of ["iso-2022-jp", "utf-8", "us-ascii"]) {
      expect(decode(Buffer.from(letter), { contentType: `text/plain; charset=${charset}` })).toEqual({
        text: "From: customer@example.jp\n\n注文番号1024\n",
        encoding: { name: "iso-2022-jp", source: "content" },
      });
    }
  });

  it("is not seen in the colours of a terminal", () => {
    const log = "\u001b(B\u001b[m done \u001b[32mok\u001b[0m costs $10 (net)\n";
    expect(decode(Buffer.from(log)).encoding).toEqual({ name: "utf-8", source: "utf8" });
  });

  it.each([
    ["ISO-2022-KR", "\u001b$)C\u000e>H3g\u000f"],
    ["ISO-2022-CN", "\u001b$)A\u000eVPND\u000f"],
  ])("is refused by name where no decoder knows it: %s", (name, text) => {
    expect(() => decode(Buffer.from(text))).toThrow(
      expect.objectContaining({ code: "UnknownEncoding", message: expect.stringContaining(name) }),
    );
  });
});

describe("UTF-8 with lines in another encoding", () => {
  it.each([1, 2, 20])("is refused with the numbers of the lines: %i of 100", (times) => {
    const lines: Uint8Array[] = Array.from({ length: 100 }, () => Buffer.from(GERMAN));
    for (let n = 0; n < times; n++) lines[n * 4 + 2] = iconv.encode(GERMAN, "windows-1252");
    expect(() => decode(Buffer.concat(lines))).toThrow(
      expect.objectContaining({ code: "MixedEncodings", message: expect.stringMatching(/\(line 3[,) ]/) }),
    );
  });

  it("is refused behind a mark of UTF-8, too", () => {
    const bytes = Buffer.concat([Buffer.from(`\ufeff${GERMAN.repeat(9)}`), iconv.encode(GERMAN, "windows-1252")]);
    expect(() => decode(bytes)).toThrow(expect.objectContaining({ code: "MixedEncodings" }));
  });

  it("half and half is never read as either", () => {
    const halves = [Buffer.from(GERMAN), iconv.encode(GERMAN, "windows-1252")];
    const bytes = Buffer.concat(Array.from({ length: 40 }, (_, index) => halves[index % 2] ?? Buffer.alloc(0)));
    expect(() => decode(bytes)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^(?:MixedEncodings|UnknownEncoding)$/) }),
    );
  });
});

function decode(bytes: Uint8Array, about: { contentType?: string; encoding?: string } = {}) {
  return decodeDocument(bytes, { name: "notes.txt", ...about });
}
