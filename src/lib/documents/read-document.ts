import type { ContainerClient } from "@azure/storage-blob";
import { isFolderMarker, isStatus, readFacts } from "../storage/blobs.ts";
import { DocumentError, type DocumentInfo } from "./document.ts";

export type ReadOutcome =
  | { kind: "read"; info: DocumentInfo; bytes: Buffer }
  /** The version is the known one. */
  | { kind: "unchanged" }
  /** It stands for a folder. */
  | { kind: "folder" }
  /** There is no such blob (any more). */
  | { kind: "missing" }
  /** It is over `laterBytes`: not read now. */
  | { kind: "large" }
  /** It was found, but not read. */
  | { kind: "refused"; info: DocumentInfo; error: DocumentError };

/** Refusals of the storage service that are this blob's own, and last (learn.microsoft.com, "Blob service error codes"). */
const CLOSED: ReadonlySet<string> = new Set([
  "BlobArchived",
  "BlobBeingRehydrated",
  "BlobUsesCustomerSpecifiedEncryption",
]);

/**
 * Reads the current version of a document: one request, which also tells whether it is still the known version.
 * @param options.knownEtag the version that need not be read again
 * @param options.maxBytes a larger document is refused
 * @param options.laterBytes a larger document is left for a moment when there is room for it
 */
export async function readDocument(
  input: ContainerClient,
  name: string,
  options: { knownEtag?: string | undefined; maxBytes: number; laterBytes?: number | undefined },
): Promise<ReadOutcome> {
  try {
    const conditions = options.knownEtag === undefined ? {} : { conditions: { ifNoneMatch: options.knownEtag } };
    const answer = await input.getBlobClient(name).download(0, undefined, conditions);
    const bytes = answer.contentLength ?? 0;
    const info: DocumentInfo = {
      container: input.containerName,
      name,
      etag: answer.etag ?? "",
      lastModified: (answer.lastModified ?? new Date(0)).toISOString(),
      ...(answer.contentType === undefined ? {} : { contentType: answer.contentType }),
      bytes,
    };
    if (isFolderMarker(name, { bytes, contentType: answer.contentType, metadata: answer.metadata })) {
      discard(answer.readableStreamBody);
      return { kind: "folder" };
    }
    if (bytes > options.maxBytes) {
      discard(answer.readableStreamBody);
      return { kind: "refused", info, error: tooLarge(bytes, options.maxBytes) };
    }
    if (bytes > (options.laterBytes ?? Number.POSITIVE_INFINITY)) {
      discard(answer.readableStreamBody);
      return { kind: "large" };
    }
    return { kind: "read", info, bytes: await readBody(answer.readableStreamBody, bytes) };
  } catch (error) {
    if (isStatus(error, 304)) return { kind: "unchanged" };
    if (isStatus(error, 404)) return { kind: "missing" };
    if (isStatus(error, 409) && CLOSED.has(error.code ?? "")) return closed(input, name, error.code ?? "");
    throw error;
  }
}

/** The body in one piece of memory of the right size from the start. */
async function readBody(body: NodeJS.ReadableStream | undefined, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  for await (const part of body ?? []) {
    filled += (typeof part === "string" ? Buffer.from(part) : part).copy(bytes, filled);
  }
  return bytes.subarray(0, filled);
}

/** Ends a download whose body nobody wants. */
function discard(body: NodeJS.ReadableStream | undefined): void {
  body?.on("error", () => {});
  (body as { destroy?: () => void } | undefined)?.destroy?.();
}

/** A document that is there and cannot be opened must not keep its neighbours waiting. */
async function closed(input: ContainerClient, name: string, code: string): Promise<ReadOutcome> {
  const facts = await readFacts(input, name);
  if (facts === undefined) return { kind: "missing" };
  const { etag, lastModified, contentType, bytes } = facts;
  const type = contentType === undefined ? {} : { contentType };
  return {
    kind: "refused",
    info: { container: input.containerName, name, etag, lastModified, ...type, bytes },
    error: new DocumentError({
      code: "DocumentCannotBeOpened",
      message: `The storage service does not give the document's content (${code})`,
      hint: "Move the document to the hot, cool or cold tier, or drop it without an encryption key of its own; then redrive it.",
    }),
  };
}

function tooLarge(bytes: number, maxBytes: number): DocumentError {
  return new DocumentError({
    code: "DocumentTooLarge",
    message: `The document has ${bytes} bytes; at most ${maxBytes} are read`,
    hint: "Split the document, or raise the app setting MAX_DOCUMENT_MEGABYTES, then redrive it.",
  });
}
