import iconv from "iconv-lite";

/** Names that iconv-lite knows but that are no encodings of text, or lose bits without saying so. */
const NOT_CHARSETS = /^(?:base64|hex|binary|internal|.*utf7.*)$/;
/** Browsers call these by one name, since ASCII is UTF-8 (encoding.spec.whatwg.org, "Names and labels"). */
const UTF_8 = /^(?:(?:us)?ascii|ansix34|(?:unicode11|x?unicode20)?utf8)$/;
/** Those of the Encoding Standard that iconv-lite lacks, or has in an older form. */
const BY_BROWSERS = /^(?:iso2022jp|csiso2022jp|x?mac(?:cyrillic|ukrain(?:e|ian)))$/;
/** Subsets that are read as the whole, which has them at the same places. */
const WHOLES: readonly (readonly [name: RegExp, whole: string])[] = [
  [/^(?:gbk|xgbk|cp936|ms936|windows936|gb2312|csgb2312|gb231280|euccn)$/, "gb18030"],
  [/^(?:tis620|iso885911)$/, "windows-874"],
];
/** ISO standards whose control characters from 0x80 on are printable in the code page of Windows that browsers read instead. */
const WINDOWS: readonly (readonly [name: RegExp, whole: string])[] = [
  [/^(?:iso88591|isoir100|latin1|l1|cp819|ibm819|csisolatin1)$/, "windows-1252"],
  [/^(?:iso88599|isoir148|latin5|l5|csisolatin5)$/, "windows-1254"],
];

/** A charset's letters and digits, which is what iconv-lite knows it by: `utf16le` for `UTF_16-LE`. A year goes (`:1987`). */
export function plainName(charset: string): string {
  return charset.toLowerCase().replace(/:\d{4}$|[^0-9a-z]/g, "");
}

/** The name under which bytes can be decoded: lower case, `utf-8` for ASCII; undefined when no decoder knows the charset. */
export function knownCharset(charset: string): string | undefined {
  const plain = plainName(charset);
  if (NOT_CHARSETS.test(plain)) return undefined;
  if (UTF_8.test(plain)) return "utf-8";
  if (BY_BROWSERS.test(plain)) return plain.includes("2022") ? "iso-2022-jp" : "x-mac-cyrillic";
  if (iconv.encodingExists(charset)) return charset.toLowerCase();
  return browserName(charset);
}

function browserName(charset: string): string | undefined {
  try {
    return new TextDecoder(charset).encoding;
  } catch {
    return undefined;
  }
}

/**
 * What a charset has to be called for its bytes: `iso-8859-1` with characters of Windows in it is `windows-1252`, as for
 * every browser.
 */
export function exactCharset(bytes: Uint8Array, charset: string): string {
  const whole = WINDOWS.find(([name]) => name.test(plainName(charset)))?.[1];
  return whole !== undefined && bytes.some((byte) => byte >= 0x80 && byte < 0xa0) ? whole : charset;
}

/** Decodes bytes in a known charset. What is no character becomes U+FFFD. */
export function decodeAs(bytes: Uint8Array, charset: string): string {
  const plain = plainName(charset);
  if (UTF_8.test(plain) || BY_BROWSERS.test(plain)) return new TextDecoder(charset).decode(bytes);
  const whole = WHOLES.find(([name]) => name.test(plain))?.[1] ?? charset;
  if (!iconv.encodingExists(whole)) return new TextDecoder(whole).decode(bytes);
  return iconv.decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), whole);
}

/** How many characters of a text could not be decoded, and their share of those outside ASCII. */
export function damageOf(text: string): { damaged: number; share: number } {
  let damaged = 0;
  let outside = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit > 0x7f) outside++;
    if (unit === 0xfffd) damaged++;
  }
  return { damaged, share: damaged === 0 ? 0 : damaged / outside };
}

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
