import { binarySignature } from "../binary-signature.ts";
import type { FormatName } from "./format.ts";

interface FormatRow {
  /** As it stands in a sentence. */
  what: string;
  /** Lower case. */
  extensions: readonly string[];
  /** Media types, lower case. */
  types: readonly string[];
}

/** The formats that are read, and by what names and declared types files of them go. */
export const FORMATS: Readonly<Record<FormatName, FormatRow>> = {
  text: {
    what: "plain text",
    extensions: [".txt", ".text", ".log", ".csv", ".tsv", ".jsonl", ".ndjson"],
    types: ["text/csv", "text/tab-separated-values"],
  },
  markdown: {
    what: "a Markdown file",
    extensions: [".md", ".markdown"],
    types: ["text/markdown", "text/x-markdown"],
  },
  html: {
    what: "an HTML page",
    extensions: [".html", ".htm", ".xhtml"],
    types: ["text/html", "application/xhtml+xml"],
  },
  docx: {
    what: "a Word document (.docx)",
    extensions: [".docx", ".docm", ".dotx"],
    types: ["application/vnd.openxmlformats-officedocument.wordprocessingml.document"],
  },
  pptx: {
    what: "a PowerPoint presentation (.pptx)",
    extensions: [".pptx", ".pptm", ".ppsx"],
    types: ["application/vnd.openxmlformats-officedocument.presentationml.presentation"],
  },
  pdf: { what: "a PDF document", extensions: [".pdf"], types: ["application/pdf", "application/x-pdf"] },
  eml: { what: "a mail message (.eml)", extensions: [".eml"], types: ["message/rfc822"] },
  msg: { what: "an Outlook message (.msg)", extensions: [".msg"], types: ["application/vnd.ms-outlook"] },
  rtf: { what: "an RTF document", extensions: [".rtf"], types: ["application/rtf", "text/rtf"] },
  json: { what: "a JSON file", extensions: [".json"], types: ["application/json"] },
};

const NAMES = Object.keys(FORMATS) as FormatName[];

/** Formats that are text themselves, which nothing in the content tells from text for certain: there the name decides. */
const TOLD_BY_NAME: ReadonlySet<FormatName> = new Set(["text", "markdown", "html", "eml", "json"]);

/** How far into a file the beginning of a page, or the header of a message, is looked for. */
const HEAD_BYTES = 1024;
/** What may stand before the first tag of a page, beside comments. */
const HTML_START = /^(?:\ufeff|\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html)[\s>]/i;
const COMMENT = /<!--[\s\S]*?-->\s*/g;
/** Names of streams in an Outlook message, and in a protected Office file. */
const OLE_MESSAGE = Buffer.from("__properties_version1.0", "utf16le");
const OLE_ENCRYPTED = Buffer.from("EncryptedPackage", "utf16le");

export interface Recognised {
  /** `other`: no format that is read. */
  format: FormatName | "other" | "encrypted";
  /** How name or declared type speak of another format than the content: a sentence for the record. */
  clash?: string | undefined;
}

/**
 * What a file is: its content decides; where that could be several formats, its name, then its declared type. A name or
 * type that says otherwise is told.
 */
export function recogniseFormat(
  bytes: Uint8Array,
  about: { name: string; contentType?: string | undefined },
): Recognised {
  const named = formatOfName(about.name);
  const declared = formatOfType(about.contentType);
  const found = formatOfContent(bytes);
  if (found === "other" || found === "encrypted") return { format: found };
  const isTold = (format: FormatName | undefined): format is FormatName =>
    format !== undefined && TOLD_BY_NAME.has(format);
  const format = found ?? (isTold(named) ? named : isTold(declared) ? declared : "text");
  const claims = [
    ...(named !== undefined && named !== format ? [`its name says ${FORMATS[named].what}`] : []),
    ...(declared !== undefined && declared !== format ? [`its content type says ${FORMATS[declared].what}`] : []),
  ];
  if (claims.length === 0) return { format };
  return { format, clash: `The content is read as ${FORMATS[format].what}, though ${claims.join(" and ")}` };
}

function formatOfName(name: string): FormatName | undefined {
  const extension = /\.[^./\\]*$/.exec(name)?.[0]?.toLowerCase();
  return extension === undefined ? undefined : NAMES.find((format) => FORMATS[format].extensions.includes(extension));
}

/** Types that tools give to whatever they upload say nothing. */
function formatOfType(contentType: string | undefined): FormatName | undefined {
  const type = contentType?.split(";", 1)[0]?.trim().toLowerCase();
  return type === undefined ? undefined : NAMES.find((format) => FORMATS[format].types.includes(type));
}

/** Undefined where the content is text of some kind, or nothing that is known. */
function formatOfContent(bytes: Uint8Array): Recognised["format"] | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, HEAD_BYTES)).toString("latin1");
  // Readers of PDF look for the sign in the first 1,024 bytes (ISO 32000-1, implementation note 13).
  if (head.startsWith("%PDF-") || /^[\s\S]{1,1000}?%PDF-\d\.\d/.test(head)) return "pdf";
  if (head.startsWith("{\\rtf")) return "rtf";
  if (head.startsWith("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")) return ole(bytes);
  if (head.startsWith("PK\x03\x04")) return zip(bytes);
  if (HTML_START.test(head.replaceAll("\0", "").replace(COMMENT, ""))) return "html";
  return undefined;
}

/** What kind of old Office file: the names of its streams stand in it as UTF-16. */
function ole(bytes: Uint8Array): Recognised["format"] {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (content.includes(OLE_ENCRYPTED)) return "encrypted";
  return content.includes(OLE_MESSAGE) ? "msg" : "other";
}

/** The central directory at its end names what an archive holds. */
function zip(bytes: Uint8Array): Recognised["format"] {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (content.includes("word/document.xml") || content.includes("word/document2.xml")) return "docx";
  if (content.includes("ppt/presentation.xml")) return "pptx";
  const looksLike = binarySignature(bytes);
  if (looksLike === FORMATS.docx.what) return "docx";
  return looksLike === FORMATS.pptx.what ? "pptx" : "other";
}
