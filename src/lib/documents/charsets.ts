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
