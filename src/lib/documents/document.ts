import { createHash } from "node:crypto";

export interface DocumentErrorInit {
  code: string;
  /** What is wrong, in one sentence; never quotes the document's text. */
  message: string;
  /** What to do. */
  hint: string;
  /** For a document whose encoding is in doubt: how it may read. Holds document text: for the failure record, never for a log. */
  candidates?: readonly ReadingCandidate[] | undefined;
}

/** One way to read a document whose encoding is in doubt. */
export interface ReadingCandidate {
  /** Lower case, for example `koi8-r`. */
  encoding: string;
  /** A short line of the document as it reads in that encoding. */
  line: string;
}

/** This document cannot be analysed as it is; it ends as a failure record and its neighbours go on. */
export class DocumentError extends Error {
  override readonly name = "DocumentError";
  readonly code: string;
  readonly hint: string;
  readonly candidates: readonly ReadingCandidate[] | undefined;

  constructor(init: DocumentErrorInit) {
    super(init.message);
    this.code = init.code;
    this.hint = init.hint;
    this.candidates = init.candidates;
  }
}

/**
 * How a document's encoding was known: by a byte order mark; because the pipeline, the blob's content type or a declaration
 * in the document states it; because the bytes are valid UTF-8; or by what the bytes read like.
 */
export const ENCODING_SOURCES = ["mark", "pipeline", "contentType", "declaration", "utf8", "content"] as const;

export type EncodingSource = (typeof ENCODING_SOURCES)[number];

/** The encoding that a document was read in. */
export interface Encoding {
  /** Lower case, for example `utf-8`, `utf-16le`, `shift_jis`. */
  name: string;
  source: EncodingSource;
  /** How many characters could not be decoded and stand as U+FFFD; absent: none. */
  damaged?: number | undefined;
}

/** What is known of a document; the `document` part of every result and failure record. */
export interface DocumentInfo {
  container: string;
  /** Blob name: the document's identity. */
  name: string;
  /** The version of the document. */
  etag: string;
  /** ISO 8601. */
  lastModified?: string | undefined;
  contentType?: string | undefined;
  bytes?: number | undefined;
  encoding?: Encoding | undefined;
  /** What kind of file it is; absent: plain text, which is analysed as it stands. */
  format?: string | undefined;
  /** How its name or declared type speak of another format than its content. */
  formatClash?: string | undefined;
  /** The text that was analysed, where that is not the document itself: `<container>/<blob name>`, beside the result. */
  textFile?: string | undefined;
  /** UTF-16 code units of the analysed text, so that it equals `text.length`. */
  characters?: number | undefined;
  /** Where each page (slide) begins in the analysed text. */
  pages?: number[] | undefined;
  /** Where each paragraph of a Word document begins in the analysed text. */
  paragraphs?: number[] | undefined;
  language?: string | undefined;
  /** What the service said of its language, where it was asked. */
  detectedLanguage?: { name: string; confidenceScore: number } | undefined;
  chunks?: number | undefined;
}

/** Blob names: at most 1,024 characters and 254 path segments (learn.microsoft.com, "Naming and Referencing Containers, Blobs, and Metadata"). */
const MAX_CHARACTERS = 1024;
const MAX_SEGMENTS = 254;
/** What stands between the readable beginning and the hash of a shortened name. */
const SHORTENED = "%~";

/** A `%` that could be taken for the start of one of our own escapes, or for the shortening mark. */
const AMBIGUOUS_PERCENT = /%(?=[0-9A-F]{2}|u[0-9A-F]{4}|~)/g;

/**
 * What must not stand in a name: a slash without a segment before it or after it, dots that end a segment (`..` is such a
 * segment), a backslash (a slash to Windows clients), control characters, halves of surrogate pairs and non-characters.
 */
const UNSAFE = /^\/+|(?<=\/)\/+|\/$|\.+(?=\/|$)|[\\\p{Cc}\p{Cs}\ufffe\uffff]/gu;

/**
 * The name under which a document's result or failure record is stored: `<pipeline>/<document name>.json`.
 *
 * A document name is data, not a path: whatever would let it leave its pipeline's folder, or that the storage service
 * advises against, is written as `%` and upper-case hexadecimal UTF-8; the rest stays readable. The mapping is injective:
 * an own `%` of the document is escaped where it could be mistaken for one of ours. A name that would be too long for a
 * blob keeps its beginning, followed by `%~` and the SHA-256 of the whole document name.
 *
 * @param pipeline a pipeline's name, or `_unmatched`
 * @param suffix `json` for a record; another for a file beside it
 */
export function recordName(pipeline: string, documentName: string, suffix = "json"): string {
  const escaped = documentName.replace(AMBIGUOUS_PERCENT, "%25").replace(UNSAFE, escapeAll);
  const whole = `${pipeline}/${escaped}.${suffix}`;
  if (whole.length <= MAX_CHARACTERS && whole.split("/").length <= MAX_SEGMENTS) return whole;
  const hash = createHash("sha256").update(Buffer.from(documentName, "utf16le")).digest("hex");
  const rest = `${SHORTENED}${hash}.${suffix}`;
  const beginning = escaped
    .split("/")
    .slice(0, MAX_SEGMENTS - suffix.split("/").length)
    .join("/")
    .slice(0, MAX_CHARACTERS - pipeline.length - 1 - rest.length);
  return `${pipeline}/${withoutHalves(beginning)}${rest}`;
}

function escapeAll(found: string): string {
  let escaped = "";
  for (let index = 0; index < found.length; index++) {
    const unit = found.charCodeAt(index);
    if (unit >= 0xd800 && unit <= 0xdfff) escaped += `%u${unit.toString(16).toUpperCase()}`;
    else escaped += Buffer.from(found.charAt(index), "utf8").toString("hex").toUpperCase().replace(/../g, "%$&");
  }
  return escaped;
}

/** Cutting may have left the first half of a surrogate pair. */
function withoutHalves(text: string): string {
  return text.replace(/[\ud800-\udbff]$/, "");
}
