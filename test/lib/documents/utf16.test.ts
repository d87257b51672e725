import fc from "fast-check";
import iconv from "iconv-lite";
import { describe, expect, it } from "vitest";
import { decodeDocument } from "../../../src/lib/documents/decode-document.ts";
import { DocumentError } from "../../../src/lib/documents/document.ts";
import { unmarkedUtf16 } from "../../../src/lib/documents/utf16.ts";

const ORDERS = ["utf-16le", "utf-16be"] as const;

/** Bytes of these are white space or ASCII letters as well as halves of ordinary characters. */
const TEXTS = [
  "上海",
  "不好",
  "不是",
  "不可以",
  "退款",
  "登录不上",
  "不行，上海",
  "请问我的退款什么时候能到账，请尽快处理，谢谢！",
  "我哋嘅訂單咗幾耐都未到喺邊度啲貨，唔該覆我。",
  "這是一個中文文件，用來測試上傳的結果是否正確。",
  "たのしい",
  "カタカナ",
  "これは日本語の文書です。検査をします。よろしくお願いします。",
  "한국어",
  "안녕하세요반갑습니다주문취소환불요청드립니다",
  "이것은 한국어 문서입니다. 주문을 취소해 주세요.",
  "ㅋㅋㅋㅋ",
  "هذه وثيقة باللغة العربية",
  "نعم",
  "זהו מסמך בעברית לבדיקה",
  "ฉันต้องการขอเงินคืนสำหรับคำสั่งซื้อ",
  "नमस्ते",
  "मेरा ऑर्डर अभी तक नहीं आया है।",
  "বাংলা",
  "আমার অর্ডার এখনও আসেনি, দয়া করে দেখুন।",
  "ગુજરાતી",
  "மொழி",
  "வணக்கம்",
  "என் ஆர்டர் இன்னும் வரவில்லை.",
  "నా ఆర్డర్ ఇంకా రాలేదు.",
  "ಕನ್ನಡ",
  "മലയാളം",
  "བོད་ཡིག་བོད་ཡིག་",
  "ស្ថានភាព\u200bនៃ\u200bការ\u200bបញ្ជា\u200bទិញ",
  "ⵜⴰⵎⴰⵣⵉⵖⵜ",
  "Η παραγγελία μου δεν έφτασε ποτέ.",
  "Карта заказа пропала",
  "Оплата не прошла",
  "мама мыла раму",
  "Нет доставки",
  "Моє замовлення досі не приїхало.",
  "Zażółć gęślą jaźń, proszę o zwrot pieniędzy.",
  "The invoice of May is wrong.",
  "😊",
  "😊😍",
  "😀".repeat(120),
  "👩‍👩‍👧‍👦".repeat(40),
  "不行 OK 😊 Привет नमस्ते",
] as const;

/** Without a mark these could as well be in the other byte order, or ASCII: NNNN, P%P%. */
const AMBIGUOUS = ["一一一一", "킥킥킥킥킥킥킥킥", "═".repeat(40)];

const SCRIPTS = [
  "Arabic",
  "Bengali",
  "Cyrillic",
  "Devanagari",
  "Ethiopic",
  "Greek",
  "Gujarati",
  "Han",
  "Hangul",
  "Hebrew",
  "Hiragana",
  "Kannada",
  "Latin",
  "Malayalam",
  "Tamil",
  "Telugu",
  "Thai",
  "Tibetan",
];

const UNICODE = Array.from({ length: 0x32000 }, (_, code) => String.fromCodePoint(code))
  .join("")
  .toWellFormed();

describe("UTF-16", () => {
  it.each([...TEXTS, ...AMBIGUOUS])("is believed where a mark or a charset says so: %s", (text) => {
    for (const encoding of ORDERS) {
      expect(decode(iconv.encode(text, encoding, { addBOM: true }))).toEqual({ text, encoding });
      expect(decode(iconv.encode(text, encoding), encoding)).toEqual({ text, encoding });
    }
  });

  it.each(TEXTS)("has its byte order told by its characters if the charset leaves it open: %s", (text) => {
    for (const encoding of ORDERS) {
      expect(decode(iconv.encode(text, encoding), "utf-16")).toEqual({ text, encoding });
    }
  });

  it.each(TEXTS.filter(({ length }) => length >= 20))("is never read as another text: %s", (text) => {
    for (const encoding of ORDERS) expect(decodeOrRefuse(iconv.encode(text, encoding))).toBeOneOf([text, undefined]);
  });

  it.each(TEXTS.filter((text) => text.length >= 10 && / /.test(text)))("is recognised by itself: %s", (text) => {
    for (const encoding of ORDERS) expect(decode(iconv.encode(text, encoding))).toEqual({ text, encoding });
  });

  it("keeps any letters of one script behind a mark", () => {
    const script = fc
      .constantFrom(...SCRIPTS.map(lettersOf))
      .chain((letters) => fc.array(fc.constantFrom(...letters), { minLength: 1, maxLength: 50 }));
    fc.assert(
      fc.property(script, fc.constantFrom(...ORDERS), (letters, encoding) => {
        const text = letters.join("");
        expect(decode(iconv.encode(text, encoding, { addBOM: true }))).toEqual({ text, encoding });
      }),
      { numRuns: 1000 },
    );
  });

  it.each(["UTF_16LE", "utf16-le", "ucs2", "ISO-10646-UCS-2", "unicodeFEFF", "unicode"])(
    "is known by any spelling of its name: %s",
    (charset) => {
      expect(decode(iconv.encode("退款", "utf-16le"), charset)).toEqual({ text: "退款", encoding: "utf-16le" });
    },
  );

  it.each([
    "Hi there",
    "OK!",
    "2024-01-01 12:30, 100, 200, 300\n",
    "id;name;price\r\n1;Tee;2.50\r\n",
    "# HEADING\n\nSome *text* with [a link](https://example.com).\n",
    '{"name": "value", "list": [1, 2, 3]}',
    "    indented\n\tby tabs\n",
    "ALL CAPITALS ARE RARE IN PROSE.\n",
    "Это русский документ для проверки.",
    "这是一个中文文档，用来测试。",
    "これは日本語の文書です。",
  ])("is not read from UTF-8 that a charset wrongly calls so: %j", (text) => {
    for (const charset of ["utf-16", ...ORDERS]) {
      expect(decode(Buffer.from(text), charset)).toEqual({ text, encoding: "utf-8" });
    }
  });

  it.each([
    ["euc-jp", "━".repeat(30)],
    ["euc-kr", "═".repeat(30)],
    ["gb18030", "……………………"],
    ["shift_jis", "これは日本語の文書です。検査をします。"],
    ["windows-1251", "Это русский документ, он для проверки."],
  ])("is not seen in %s", (encoding, text) => {
    expect(unmarkedUtf16(iconv.encode(text, encoding))).toBeUndefined();
  });

  it.each([
    ["is cut in the middle of a character", iconv.encode("不好意思，登录不上", "utf-16le").subarray(0, -1)],
    ["is another encoding", iconv.encode("这是一个中文文档，用来测试。", "gb18030")],
    ["is binary", Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * 7919 + (i >> 3) * 31) % 251))],
  ])("is refused, and nothing else guessed, where what a charset calls so %s", (_, bytes) => {
    expect(() => decode(bytes, "utf-16le")).toThrow(
      expect.objectContaining({ code: "UnknownEncoding", message: expect.stringContaining("(utf-16le)") }),
    );
  });
});

function lettersOf(script: string): string[] {
  const letter = new RegExp(`(?=\\p{L})\\p{Script=${script}}`, "gu");
  return UNICODE.match(letter) ?? [];
}

function decode(bytes: Uint8Array, charset?: string) {
  const contentType = charset === undefined ? undefined : `text/plain; charset=${charset}`;
  const { text, encoding } = decodeDocument(bytes, { name: "notes.txt", contentType });
  return { text, encoding: encoding.name };
}

function decodeOrRefuse(bytes: Uint8Array): string | undefined {
  try {
    return decode(bytes).text;
  } catch (error) {
    expect(error).toBeInstanceOf(DocumentError);
    return undefined;
  }
}
