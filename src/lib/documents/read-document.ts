import type { ContainerClient } from "@azure/storage-blob";
import { isStatus } from "../storage/blobs.ts";
import { DocumentError } from "./document-error.ts";
import type { DocumentInfo } from "./document-info.ts";

export type ReadOutcome =
  | { kind: "read"; info: DocumentInfo; bytes: Buffer }
  /** The version is the known one. */
  | { kind: "unchanged" }
  /** There is no such blob (any more). */
  | { kind: "missing" }
  /** It was found, but not read. */
  | { kind: "refused"; info: DocumentInfo; error: DocumentError };

/**
 * Reads the current version of a document: one request, which also tells whether it is still the known version.
 * @param knownEtag the version that need not be read again
 */
export async function readDocument(
  input: ContainerClient,
  name: string,
  options: { knownEtag?: string | undefined; maxBytes: number },
): Promise<ReadOutcome> {
  try {
    const conditions = options.knownEtag === undefined ? {} : { conditions: { ifNoneMatch: options.knownEtag } };
    const answer = await input.getBlobClient(name).download(0, undefined, conditions);
    const info: DocumentInfo = {
      container: input.containerName,
      name,
      etag: answer.etag ?? "",
      lastModified: (answer.lastModified ?? new Date(0)).toISOString(),
      ...(answer.contentType === undefined ? {} : { contentType: answer.contentType }),
      bytes: answer.contentLength ?? 0,
    };
    if ((answer.contentLength ?? 0) > options.maxBytes) {
      answer.readableStreamBody?.on("error", () => {});
      (answer.readableStreamBody as { destroy?: () => void } | undefined)?.destroy?.();
      return { kind: "refused", info, error: tooLarge(answer.contentLength ?? 0, options.maxBytes) };
    }
    const parts: Buffer[] = [];
    for await (const part of answer.readableStreamBody ?? []) parts.push(Buffer.from(part));
    return { kind: "read", info, bytes: Buffer.concat(parts) };
  } catch (error) {
    if (isStatus(error, 304)) return { kind: "unchanged" };
    if (isStatus(error, 404)) return { kind: "missing" };
    throw error;
  }
}

function tooLarge(bytes: number, maxBytes: number): DocumentError {
  return new DocumentError({
    code: "DocumentTooLarge",
    message: `The document has ${bytes} bytes; at most ${maxBytes} are read`,
    hint: "Split the document, or raise the app setting MAX_DOCUMENT_MEGABYTES, then redrive it.",
  });
}
