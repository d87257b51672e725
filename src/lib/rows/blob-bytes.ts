import type { ContainerClient } from "@azure/storage-blob";
import { isStatus } from "../storage/blobs.ts";

/** The file was replaced or deleted while it was read. */
export class FileChangedError extends Error {
  override readonly name = "FileChangedError";
}

/**
 * Read in one request: a request has a time limit of its own, and what is made of the bytes meanwhile takes as long as it
 * takes.
 */
const RANGE_BYTES = 1024 * 1024;

/**
 * The bytes of one version of a blob from an offset on, piece by piece: never the whole.
 * @throws FileChangedError when it is another version by now
 */
export async function* blobBytes(
  container: ContainerClient,
  version: { name: string; etag: string; bytes: number },
  offset: number,
): AsyncGenerator<Buffer> {
  const { name, etag, bytes } = version;
  const blob = container.getBlobClient(name);
  try {
    for (let at = offset; at < bytes; at += RANGE_BYTES) {
      const length = Math.min(RANGE_BYTES, bytes - at);
      yield await blob.downloadToBuffer(at, length, { conditions: { ifMatch: etag } });
    }
  } catch (error) {
    if (isStatus(error, 404, 412)) throw new FileChangedError(`${name} changed while it was read`);
    throw error;
  }
}
