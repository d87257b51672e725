import { recordName } from "../documents/document.ts";
import { documentPart, type ResultFile } from "./record.ts";
import type { ResultWithCopies } from "./redacted-copies.ts";

/** The text that a document was analysed as, and where its pages or paragraphs begin in it. */
interface AnalysedText {
  text: string;
  pages?: number[] | undefined;
  paragraphs?: number[] | undefined;
}

/** What the text file beside a result ends in, after the document's own name. */
const SUFFIX = "txt";

/**
 * The analysed text of a document that is not plain text, as a file beside its result, named in the record: the offsets in
 * the record count in it.
 * @param container of the results, for the name in the record
 */
export function withAnalysedText(record: ResultFile, analysed: AnalysedText, container: string): ResultWithCopies {
  const { text, pages, paragraphs } = analysed;
  const textFile = `${container}/${recordName(record.pipeline, record.document.name, SUFFIX)}`;
  const document = documentPart({ ...record.document, textFile, pages, paragraphs });
  return { record: { ...record, document }, sidecars: [{ suffix: SUFFIX, text }] };
}
