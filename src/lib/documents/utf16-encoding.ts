import { isUtf8 } from "node:buffer";
import { plainCharset } from "./detect-encoding.ts";
import { oneByteEvidence } from "./one-byte-evidence.ts";
import { type ByteOrder, readUtf16, readUtf16BothWays, type Utf16Reading } from "./utf16-reading.ts";

/** How much of a document is looked at. */
const SAMPLE_BYTES = 128 * 1024;
/** So many bits of evidence for one-byte text refute a content type, which is often wrong, and a mark, which hardly ever is. */
const REFUTES = { charset: 8, mark: 40 };
/** In UTF-16, up to this share of the characters may be damaged, private or newer than we know. */
const STRANGE = 0.05;
/** With this share of ordinary characters, more may be: icons of a private font in a text. */
const ORDINARY_AROUND = 0.75;
/** UTF-16 that happens to be valid UTF-8 is in an alphabet whose high byte is below 0x20: about half of its bytes. */
const HIGH_BYTES = 0.25;
/** Bytes that nobody says are UTF-16 must hold this share of ordinary characters; more if they hold no control characters. */
const ORDINARY = { withControls: 0.6, without: 0.9 };

/** With and without a byte order; with the names of the Encoding Standard (encoding.spec.whatwg.org, "Names and labels"). */
const NAMES: readonly (readonly [name: RegExp, order: ByteOrder | "utf-16"])[] = [
  [/^(?:utf16|(?:cs)?unicode)$/, "utf-16"],
  [/^(?:utf16le|unicodefeff|(?:iso10646)?ucs2)$/, "utf-16le"],
  [/^(?:utf16be|unicodefffe)$/, "utf-16be"],
];

/** Which UTF-16 a charset names, in any spelling (`UTF_16LE`, `utf16-le`, `ucs-2`); undefined for other charsets. */
export function utf16Charset(charset: string | undefined): ByteOrder | "utf-16" | undefined {
  const plain = plainCharset(charset ?? "");
  return NAMES.find(([name]) => name.test(plain))?.[1];
}

/**
 * Whether bytes that a mark or a content type says are UTF-16 can be. That is believed unless they are certainly something
 * else: any pair of bytes is some character, and what is no UTF-16 reads as rare Han characters. The byte order, if they can
 * be; `utf-16` leaves it to be told by the bytes. Else `one-byte` for text in some other encoding, or `neither`.
 */
export function judgeUtf16(
  bytes: Uint8Array,
  encoding: ByteOrder | "utf-16",
  said: "mark" | "charset",
): ByteOrder | "one-byte" | "neither" {
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  const reading = encoding === "utf-16" ? readUtf16BothWays(sample)[0] : readUtf16(sample, encoding);
  if (oneByteEvidence(sample, reading) > REFUTES[said]) return "one-byte";
  const whole = said === "mark" || bytes.length % 2 === 0;
  if (whole && !isStrange(reading)) return reading.order;
  return isUtf8(bytes) && !holdsControls(sample) ? "one-byte" : "neither";
}

/**
 * Recognises UTF-16 that neither a mark nor a content type tells: in the likelier byte order it holds nothing but assigned
 * characters and no control characters, and most of them are such as everyday text is made of. Undefined for UTF-8 without
 * control characters, which could be UTF-16, too.
 */
export function unmarkedUtf16(bytes: Uint8Array): ByteOrder | undefined {
  if (bytes.length % 2 !== 0) return undefined;
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  // ASCII with a stray control character would do as UTF-16, too: as rare Han characters.
  if (isUtf8(sample) && sample.filter((byte) => byte < 0x20).length < sample.length * HIGH_BYTES) return undefined;
  const [reading, other] = readUtf16BothWays(sample);
  if (reading.strange > 0 || reading.score <= Math.max(0, other.score)) return undefined;
  if (oneByteEvidence(sample, reading) > 0) return undefined;
  const share = holdsControls(sample) ? ORDINARY.withControls : ORDINARY.without;
  return reading.ordinary >= reading.units * share ? reading.order : undefined;
}

function isStrange({ strange, ordinary, units }: Utf16Reading): boolean {
  return strange > 1 + units * STRANGE && ordinary < units * ORDINARY_AROUND;
}

function holdsControls(sample: Uint8Array): boolean {
  return sample.some((byte) => byte < 0x20 && (byte < 8 || byte > 13) && byte !== 0x1a && byte !== 0x1b);
}
