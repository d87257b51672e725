import type { BlobItem, ContainerClient } from "@azure/storage-blob";

/** The names of all blobs that begin with `prefix`. */
export async function listNames(container: ContainerClient, prefix: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of container.listBlobsFlat({ prefix })) names.push(name);
  return names;
}

/** Blobs named in the one answer: enough for what has failed lately, little to read. */
const MOST_NAMES = 500;

/**
 * From so many names on a listing costs less than looking each of them up: a list is billed as 13 reads
 * (https://azure.microsoft.com/pricing/details/storage/blobs/, in `docs/cost-meters.json`).
 */
const FEWEST_NAMES = 13;

/**
 * Which of these blobs are there, by one request for all that begin as they all do.
 * @param mostNames that one answer may have
 * @returns undefined when that does not tell, or does not pay: each must be looked up
 */
export async function listAmong(
  container: ContainerClient,
  names: readonly string[],
  mostNames = MOST_NAMES,
): Promise<ReadonlySet<string> | undefined> {
  if (names.length < FEWEST_NAMES) return undefined;
  const pages = container.listBlobsFlat({ prefix: commonBeginning(names) }).byPage({ maxPageSize: mostNames });
  const { value } = await pages.next();
  if (value?.continuationToken) return undefined;
  const wanted = new Set(names);
  const items: { name: string }[] = value?.segment.blobItems ?? [];
  return new Set(items.flatMap(({ name }) => (wanted.has(name) ? [name] : [])));
}

/** What all of the texts begin with; never half of a character. */
export function commonBeginning([first = "", ...others]: readonly string[]): string {
  let length = first.length;
  for (const other of others) {
    while (!other.startsWith(first.slice(0, length))) length--;
  }
  return first.slice(0, length).replace(/[\ud800-\udbff]$/, "");
}

/**
 * One page of the blobs that begin with `prefix`, with their metadata.
 * @param token where the page before ended; undefined: from the beginning
 * @returns `next`: where this one ends; undefined when nothing follows
 */
export async function listPage(
  container: ContainerClient,
  { prefix, pageSize, token }: { prefix: string | undefined; pageSize: number; token: string | undefined },
): Promise<{ items: BlobItem[]; next: string | undefined }> {
  const pages = container
    .listBlobsFlat({ includeMetadata: true, ...(prefix ? { prefix } : {}) })
    .byPage({ maxPageSize: pageSize, ...(token === undefined ? {} : { continuationToken: token }) });
  const { value } = await pages.next();
  return { items: value?.segment.blobItems ?? [], next: value?.continuationToken || undefined };
}
