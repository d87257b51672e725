import type { DocumentInfo } from "../documents/document-info.ts";
import type { RecordDocument } from "./record-schema.ts";

/** The `document` part of a record: always the same keys in the same order, so that the same facts give the same bytes. */
export function documentPart(info: DocumentInfo): RecordDocument {
  const { container, name, etag, lastModified, contentType, bytes, characters, language, chunks } = info;
  return { container, name, etag, lastModified, contentType, bytes, characters, language, chunks };
}
