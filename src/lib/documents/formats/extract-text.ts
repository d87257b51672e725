import { type AboutDocument, decodeDocument } from "../decode-document.ts";
import { extractInThread } from "./extraction-thread.ts";
import type { Extracted, ExtractionLimits, ExtractionWishes, FormatName } from "./format.ts";
import { recogniseFormat } from "./recognise-format.ts";
import { encrypted } from "./refusals.ts";

/** The text of a document, and how it came out of its file. */
export interface DocumentText extends Extracted {
  /** Absent: plain text, which is analysed as it stands in the file. */
  format?: Exclude<FormatName, "text"> | undefined;
  /** How name or declared type speak of another format than the content. */
  formatClash?: string | undefined;
}

export interface ExtractionOptions {
  wishes: Omit<ExtractionWishes, "encoding">;
  limits: ExtractionLimits;
}

/**
 * Gets the text of a document. Plain text is decoded at once; every other format that is read goes to a thread of its own,
 * which loads the format's library when the first such file comes.
 * @throws DocumentError
 */
export async function extractText(
  bytes: Uint8Array,
  about: AboutDocument,
  { wishes, limits }: ExtractionOptions,
): Promise<DocumentText> {
  const { format, clash } = recogniseFormat(bytes, about);
  if (format === "encrypted") throw encrypted("an Office document");
  const told = clash === undefined ? {} : { formatClash: clash };
  const isPlain = format === "text" || format === "other" || (format === "json" && wishes.jsonText === undefined);
  if (isPlain || bytes.length === 0) return { ...decodeDocument(bytes, about), ...told };
  const { encoding, ...file } = about;
  const extracted = await extractInThread({ format, bytes, ...file, wishes: { ...wishes, encoding }, limits });
  return { ...extracted, format, ...told };
}
