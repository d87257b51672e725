import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { ContainerClient } from "@azure/storage-blob";
import pMap from "p-map";
import { contentTypeOf } from "../../dev/demo/drop-files.ts";
import type { LocalDocument, Skipped } from "../../dev/demo/list-folder.ts";
import { reasonOf } from "../../dev/reason.ts";
import { isStatus } from "../../src/lib/storage/blobs.ts";

/** Files on the way at once: enough to fill a line, few enough for the memory (a file has at most some megabytes). */
const AT_ONCE = 16;

export interface Uploads {
  uploaded: number;
  /** Were there already with the same content, so that nothing is analysed again. */
  unchanged: number;
  skipped: Skipped[];
}

interface UploadOptions {
  signal: AbortSignal;
  /** Called after each file. */
  onProgress(done: number): void;
}

/**
 * Uploads what the container does not have with the same content: an upload that was interrupted goes on where it stopped,
 * without a state of its own. Files that cannot be read are skipped and stop no other.
 * @param run name of the run
 * @throws RestError when storage takes nothing from this user
 */
export async function uploadFiles(
  files: readonly LocalDocument[],
  run: string,
  input: ContainerClient,
  { signal, onProgress }: UploadOptions,
): Promise<Uploads> {
  const there = await contentUnder(input, `${run}/`);
  const counts: Uploads = { uploaded: 0, unchanged: 0, skipped: [] };
  let done = 0;
  const upload = async ({ path, name, file }: LocalDocument): Promise<void> => {
    if (signal.aborted) return;
    try {
      const sum = await contentSum(file);
      if (there.get(`${run}/${name}`) === sum) counts.unchanged++;
      else {
        const blobHTTPHeaders = { blobContentType: contentTypeOf(name), blobContentMD5: Buffer.from(sum, "base64") };
        await input.getBlockBlobClient(`${run}/${name}`).uploadFile(file, { blobHTTPHeaders, abortSignal: signal });
        counts.uploaded++;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (isStatus(error, 401, 403, 404)) throw error;
      counts.skipped.push({ path, reason: `not uploaded: ${reasonOf(error)}` });
    }
    onProgress(++done);
  };
  await pMap(files, upload, { concurrency: AT_ONCE });
  return counts;
}

/** MD5 of each blob, as storage keeps it. */
async function contentUnder(container: ContainerClient, prefix: string): Promise<Map<string, string>> {
  const sums = new Map<string, string>();
  for await (const { name, properties } of container.listBlobsFlat({ prefix })) {
    if (properties.contentMD5 !== undefined) sums.set(name, Buffer.from(properties.contentMD5).toString("base64"));
  }
  return sums;
}

async function contentSum(file: string): Promise<string> {
  if (!(await stat(file)).isFile()) throw new Error("it is a file no longer");
  const hash = createHash("md5");
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest("base64");
}
