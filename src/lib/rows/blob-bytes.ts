import type { ContainerClient } from "@azure/storage-blob";
import { isStatus } from "../storage/blobs.ts";

/** The file was replaced or deleted while it was read. */
export class FileChangedError extends Error {
  override readonly name = "FileChangedError";
}

/** How often a connection that breaks is picked up again where it broke, by a range of the same version. */
const RETRIES = 5;

/**
 * The bytes of one version of a blob from an offset on, piece by piece: never the whole.
 * @throws FileChangedError when it is another version by now
 */
export async function* blobBytes(
  container: ContainerClient,
  version: { name: string; etag: string; bytes: number },
  offset: number,
): AsyncGenerator<Buffer> {
  if (offset >= version.bytes) return;
  try {
    const answer = await container.getBlobClient(version.name).download(offset, undefined, {
      conditions: { ifMatch: version.etag },
      maxRetryRequests: RETRIES,
    });
    for await (const piece of answer.readableStreamBody ?? []) yield Buffer.from(piece);
  } catch (error) {
    if (isStatus(error, 404, 412)) throw new FileChangedError(`${version.name} changed while it was read`);
    throw error;
  }
}
