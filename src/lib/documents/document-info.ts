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
  /** UTF-16 code units of the decoded text, so that it equals `text.length`. */
  characters?: number | undefined;
  language?: string | undefined;
  chunks?: number | undefined;
}
