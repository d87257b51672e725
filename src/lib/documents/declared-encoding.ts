import { plainName } from "./charsets.ts";

const BYTE_ORDER_MARKS: readonly (readonly [bytes: readonly number[], encoding: string])[] = [
  [[0xef, 0xbb, 0xbf], "utf-8"],
  [[0xff, 0xfe, 0, 0], "utf-32le"],
  [[0, 0, 0xfe, 0xff], "utf-32be"],
  [[0xff, 0xfe], "utf-16le"],
  [[0xfe, 0xff], "utf-16be"],
];

/** How far into a document a declaration counts: browsers look at 1,024 bytes, files with a long head need more. */
const HEAD_BYTES = 2048;

/** How a document says itself which charset it is in: XML, CSS, HTML, and mail as it is stored. */
const DECLARATIONS: readonly RegExp[] = [
  /^\s*<\?xml\s[^>]*?\bencoding\s*=\s*["']([\w.:-]+)["']/i,
  /^@charset\s+"([\w.:-]+)";/i,
  /<meta\s[^>]*?\bcharset\s*=\s*["']?\s*([\w.:-]+)/i,
  /^(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?content-type:[^\n]*(?:\n[ \t][^\n]*)*?;\s*charset\s*=\s*"?([\w.:-]+)/i,
];

/** Codes of seven bits, which pass for ASCII: the escape sequences that switch to their other characters (ISO 2022, ECMA-35). */
const SEVEN_BITS: readonly (readonly [encoding: string, escapes: readonly string[]])[] = [
  ["iso-2022-jp", ["\u001b$B", "\u001b$@", "\u001b$(B", "\u001b$(@"]],
  ["iso-2022-jp-1", ["\u001b$(D"]],
  ["iso-2022-jp-2004", ["\u001b$(O", "\u001b$(P", "\u001b$(Q"]],
  ["iso-2022-kr", ["\u001b$)C"]],
  ["iso-2022-cn", ["\u001b$)A", "\u001b$)E", "\u001b$)G", "\u001b$*H"]],
];
/** Those that only a declaration tells: what stands in every text that differs from ASCII. */
const SHIFTS: readonly (readonly [name: RegExp, sign: string])[] = [
  [/^(?:cs)?(?:unicode11)?utf7$/, "+"],
  [/^hz(?:gb2312)?$/, "~"],
  [/^(?:cs)?iso2022(?:kr|cn|cnext)$/, "\u000e"],
];

/** The encoding that a byte order mark names; it beats everything else (encoding.spec.whatwg.org, "BOM sniff"). */
export function markedEncoding(bytes: Uint8Array): string | undefined {
  return BYTE_ORDER_MARKS.find(([mark]) => mark.every((byte, index) => bytes[index] === byte))?.[1];
}

/** The `charset` parameter of a content type, as written. */
export function charsetOf(contentType: string | undefined): string | undefined {
  return /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(contentType ?? "")?.[1];
}

/** The charset that a document declares in its first 2 KB, as written. */
export function declaredInside(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, HEAD_BYTES)).toString("latin1").replace(/\r\n?/g, "\n");
  for (const declaration of DECLARATIONS) {
    const charset = declaration.exec(head)?.[1];
    if (charset !== undefined) return charset;
  }
  return undefined;
}

/** The code of seven bits whose escape sequences stand in bytes that would else be ASCII. */
export function escapedEncoding(bytes: Uint8Array): string | undefined {
  if (!bytes.includes(0x1b) || bytes.some((byte) => byte > 0x7f)) return undefined;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  return SEVEN_BITS.find(([, escapes]) => escapes.some((sequence) => text.includes(sequence)))?.[0];
}

/** True where ASCII bytes say something else in a code of seven bits that no decoder knows. */
export function isShifted(bytes: Uint8Array, charset: string): boolean {
  const sign = SHIFTS.find(([name]) => name.test(plainName(charset)))?.[1];
  return sign !== undefined && bytes.includes(sign.charCodeAt(0));
}
