import fc from "fast-check";
import iconv from "iconv-lite";
import { describe, expect, it } from "vitest";
import { decodeDocument } from "../../../src/lib/documents/decode-document.ts";

const UNICODE = ["utf-8", "utf-16le", "utf-16be"] as const;

/** A sentence or two in each: guesses need something to go by. */
const LEGACY: readonly [encoding: string, text: string][] = [
  ["windows-1252", "Ein schöner Tag für Müller: 20 € bitte, sagte er. “Größe” und Maß."],
  [
    "windows-1250",
    "Dokument popisuje, jak se služba chová, když je vstup příliš dlouhý nebo když se něco pokazí. Přečtěte řádky.",
  ],
  ["windows-1251", "Это русский документ для проверки."],
  ["koi8-r", "Это русский документ для проверки."],
  ["windows-1256", "هذه وثيقة باللغة العربية"],
  ["shift_jis", "これは日本語の文書です。検査をします。"],
  ["euc-jp", "これは日本語の文書です。検査をします。"],
  ["euc-kr", "이것은 한국어 문서입니다."],
  ["gb18030", "这是一个中文文档，用来测试。"],
  ["big5", "這是一個中文文件，用來測試。"],
];

describe("decodeDocument", () => {
  it.each(UNICODE)("reads %s with and without a byte order mark, and drops the mark", (encoding) => {
    const text = "Grüezi! Здравствуйте\r\n你好 👋🏽 e\u0301\n";
    for (const addBOM of [true, false]) {
      expect(decode(iconv.encode(text, encoding, { addBOM }))).toEqual({ text, encoding });
    }
  });

  it.each(["你好。\n世界", "plain ASCII", "Привет, мир", "नमस्ते दुनिया"])(
    "recognises UTF-16 without a mark: %s",
    (text) => {
      expect(decode(iconv.encode(text, "utf-16le", { addBOM: false }))).toEqual({ text, encoding: "utf-16le" });
      expect(decode(iconv.encode(text, "utf-16be", { addBOM: false }))).toEqual({ text, encoding: "utf-16be" });
    },
  );

  it.each(LEGACY)("recognises %s", (encoding, text) => {
    expect(decode(iconv.encode(text, encoding))).toEqual({ text, encoding });
  });

  it("gives any visible text back that was stored as UTF-8", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (text) => {
        fc.pre(/[^\s\p{Cc}\p{Cf}]/u.test(text) && !/\p{Cc}/u.test(text));
        expect(decode(Buffer.from(`a ${text}`, "utf8")).text).toBe(`a ${text}`);
      }),
    );
  });

  it("obeys a charset that fits, and takes no notice of UTF-8 that is none", () => {
    const bytes = iconv.encode("naïve", "windows-1252");
    expect(decode(bytes, "text/plain; charset=ISO-8859-1")).toEqual({ text: "naïve", encoding: "iso-8859-1" });
    expect(decode(bytes, 'text/plain; charset="windows-1257"').encoding).toBe("windows-1257");
    const longer = iconv.encode("The naïve approach met the façade of the café.", "windows-1252");
    for (const charset of ["utf-8", "us-ascii"]) {
      expect(decode(longer, `text/plain; charset=${charset}`)).toEqual(decode(longer));
    }
    expect(decode(Buffer.from("naïve"), "text/plain; charset=us-ascii").text).toBe("naïve");
    const marked = iconv.encode("naïve", "utf-16be", { addBOM: true });
    expect(decode(marked, "text/plain; charset=iso-8859-1").encoding).toBe("utf-16be");
  });

  it.each(["utf-16", "utf-16le", "UTF-16BE", "ucs-2"])(
    "takes no notice of %s on text of one byte a character",
    (charset) => {
      const type = `text/plain; charset=${charset}`;
      for (const text of [
        "Hi there",
        "The invoice of May is wrong.\n",
        "key,value\n1,2\n".repeat(100),
        "Grüße aus Köln",
      ]) {
        expect(decode(Buffer.from(text), type)).toEqual({ text, encoding: "utf-8" });
      }
      const western = "Ein schöner Tag für Müller: bitte, sagte er.";
      expect(decode(iconv.encode(western, "windows-1252"), type).text).toBe(western);
      const dense = iconv.encode("x".repeat(1000), "windows-1252");
      expect(decode(dense, type).text).toBe("x".repeat(1000));
    },
  );

  it.each([
    "plain ASCII",
    "你好",
    "たのしい",
    "你好世界",
    "Привет, мир",
    "नमस्ते दुनिया",
    "안녕하세요",
    "👋🏽",
    "한국어 문서입니다.\n".repeat(40),
  ])("reads what is UTF-16 as a mark or a charset says: %#", (text) => {
    for (const encoding of ["utf-16le", "utf-16be"] as const) {
      expect(decode(iconv.encode(text, encoding, { addBOM: true }))).toEqual({ text, encoding });
      const bare = iconv.encode(text, encoding, { addBOM: false });
      expect(decode(bare, `text/plain; charset=${encoding}`)).toEqual({ text, encoding });
    }
  });

  it.each([
    ["ASCII", Buffer.from("The invoice of May is wrong.")],
    ["UTF-8", Buffer.from("Grüße aus Köln an alle. ".repeat(50))],
    ["noise", Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * 7919 + (i >> 3) * 31) % 251))],
  ])("refuses %s behind a mark of UTF-16", (_, bytes) => {
    for (const mark of [
      [0xff, 0xfe],
      [0xfe, 0xff],
    ]) {
      expect(() => decode(Buffer.concat([Buffer.from(mark), bytes]))).toThrow(
        expect.objectContaining({
          code: "UnknownEncoding",
          message: expect.stringMatching(/byte order mark of UTF-16[LB]E/),
          hint: expect.stringContaining("Save it as UTF-8"),
        }),
      );
    }
  });

  it("leaves line endings as they are", () => {
    expect(decode(Buffer.from("a\r\nb\rc\n\u2028d\r\n")).text).toBe("a\r\nb\rc\n\u2028d\r\n");
  });

  it("replaces an unpaired surrogate, which takes no place from what follows", () => {
    const bytes = Buffer.from("\ufeffab\ud83dcd", "utf16le");
    expect(decode(bytes).text).toBe("ab\ufffdcd");
  });

  it("reads UTF-8 with a damaged byte in a long text as UTF-8", () => {
    const bytes = Buffer.from("Übung macht den Meister, größer wird die Mühe. ".repeat(50), "utf8");
    bytes[bytes.lastIndexOf("g")] = 0xff;
    const { text, encoding } = decode(bytes);
    expect(encoding).toBe("utf-8");
    expect(text.match(/\ufffd/g)).toHaveLength(1);
  });

  it("does not take ASCII with a stray control character for UTF-16", () => {
    const text = `\u0001 ${"100 200 300 ".repeat(20)}`;
    expect(decode(Buffer.from(text))).toEqual({ text, encoding: "utf-8" });
    expect(() => decode(Buffer.from("text and a NUL:\0!!"))).toThrow(expect.objectContaining({ code: "NotText" }));
  });

  it("keeps the escape codes of a coloured log", () => {
    const log = "\u001b[31merror\u001b[0m out of memory\n".repeat(3);
    expect(decode(Buffer.from(log)).text).toBe(log);
  });

  it.each([
    ["no bytes", ""],
    ["white space", " \t\r\n\u00a0\u3000"],
    ["a byte order mark only", "\ufeff"],
    ["invisible characters only", "\u200b\u200e\ufeff\n"],
  ])("refuses %s as empty", (_, text) => {
    expect(() => decode(Buffer.from(text))).toThrow(expect.objectContaining({ code: "EmptyDocument" }));
  });

  it.each([
    ["a PDF document", Buffer.from("%PDF-1.7\n1 0 obj")],
    ["a Word document", Buffer.from("PK\x03\x04\x14\0\x06\0word/document.xml", "latin1")],
    ["a ZIP archive", Buffer.from("PK\x03\x04\x14\0\x06\0notes.bin", "latin1")],
    ["a Parquet file", Buffer.from("PAR1\x15\x04\x15\x10some rows\x20\0\0\0PAR1", "latin1")],
    ["a GIF image", Buffer.from("GIF89a\x01\0\x01\0\x80\0\0pixels\0;", "latin1")],
    ["a PNG image", Buffer.from("\x89PNG\r\n\x1a\n\0\0", "latin1")],
    ["a JPEG image", Buffer.from("\xff\xd8\xff\xe0\0\x10JFIF", "latin1")],
    ["an old Office document", Buffer.from("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", "latin1")],
    ["a gzip archive", Buffer.from("\x1f\x8b\x08\0\0", "latin1")],
    ["an RTF document", Buffer.from("{\\rtf1\\ansi Hello}")],
    ["a WebP image", Buffer.from("RIFF\x10\0\0\0WEBPVP8 ", "latin1")],
  ])("says what it found instead of text: %s", (name, bytes) => {
    expect(() => decode(bytes)).toThrow(
      expect.objectContaining({
        code: "NotText",
        message: expect.stringContaining(name),
        hint: expect.stringContaining("Convert it to plain text"),
      }),
    );
  });

  it("takes no text for a file that it begins like", () => {
    for (const text of ["PAR1S trip report", "GIF89a is a format of images;"]) {
      expect(decode(Buffer.from(text)).text).toBe(text);
    }
  });

  it("says so when the name promised text", () => {
    const pdf = Buffer.from("%PDF-1.7");
    expect(() => decodeDocument(pdf, { name: "a/notes.TXT" })).toThrow("although its name ends in .TXT");
    expect(() => decodeDocument(pdf, { name: "a/notes.pdf" })).toThrow("not plain text");
  });

  it("refuses other binary content", () => {
    const noise = Buffer.from(Array.from({ length: 400 }, (_, i) => (i * 73 + (i >> 3)) % 256));
    expect(() => decode(noise)).toThrow(expect.objectContaining({ code: "NotText" }));
    expect(() => decode(Buffer.from("text and one NUL:\0!"))).toThrow(expect.objectContaining({ code: "NotText" }));
    expect(() => decode(Buffer.from("\x01\x02\x03\x04text"))).toThrow(expect.objectContaining({ code: "NotText" }));
  });

  it("does not guess when a guess would be chance, and says how to help", () => {
    const bytes = iconv.encode("中文", "gb18030");
    expect(() => decode(bytes, "text/plain; charset=utf-8")).toThrow(
      expect.objectContaining({
        code: "UnknownEncoding",
        message: expect.stringContaining("utf-8"),
        hint: expect.stringContaining("charset="),
      }),
    );
    expect(decode(bytes, "text/plain; charset=gb18030").text).toBe("中文");
  });
});

function decode(bytes: Uint8Array, contentType?: string) {
  const { text, encoding } = decodeDocument(bytes, { name: "notes.txt", contentType });
  return { text, encoding: encoding.name };
}
