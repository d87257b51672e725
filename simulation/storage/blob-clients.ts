import { type BlobServiceClient, type ContainerClient, RestError } from "@azure/storage-blob";
import { type BlobConditions, type BlobStore, StorageRefusal, type StoredBlob } from "./blob-store.ts";
import type { Gate, MemoryStorage, StorageOperation } from "./storage.ts";

/** The error that the SDK makes of a refusal. */
export function restError(refusal: unknown): unknown {
  if (!(refusal instanceof StorageRefusal)) return refusal;
  return new RestError(refusal.code, { code: refusal.code, statusCode: refusal.status });
}

/** The most entries of one page of a listing. */
const PAGE = 5_000;

const ACCOUNT = "https://simulation.blob.core.windows.net";

/** A blob service client on storage in memory, as far as the app uses one; anything else fails, and says what is missing. */
export function blobServiceClient(storage: MemoryStorage, gate: Gate): BlobServiceClient {
  return complete<BlobServiceClient>("BlobServiceClient", {
    accountName: "simulation",
    url: `${ACCOUNT}/`,
    getContainerClient: (name: string) => containerClient(storage, name, gate),
  });
}

/** A container client on storage in memory. */
function containerClient(storage: MemoryStorage, name: string, gate: Gate): ContainerClient {
  const store = (): BlobStore => {
    const container = storage.containers.get(name);
    if (container === undefined) throw new StorageRefusal(404, "ContainerNotFound");
    return container;
  };
  const ask = <T>(kind: StorageOperation["kind"], blob: string, apply: () => T): Promise<T> =>
    gate({ kind, place: name, name: blob }, () => {
      try {
        return apply();
      } catch (error) {
        throw restError(error);
      }
    });
  const lister = (prefix: string) => ({
    async page(size: number, from: string | undefined) {
      const listed = await ask("list", prefix, () =>
        store()
          .list(prefix, from)
          .slice(0, size + 1),
      );
      return { items: listed.slice(0, size), next: listed[size]?.name ?? "" };
    },
  });
  return complete<ContainerClient>("ContainerClient", {
    containerName: name,
    accountName: "simulation",
    url: `${ACCOUNT}/${name}`,
    exists: () => ask("container", "", () => storage.containers.has(name)),
    createIfNotExists: () => ask("container", "", () => void storage.createContainer(name)),
    delete: () => ask("container", "", () => void storage.containers.delete(name)),
    deleteBlob: (blob: string) => ask("delete", blob, () => store().delete(blob)),
    getBlobClient: (blob: string) => blobClient({ container: name, name: blob }, store, ask),
    getBlockBlobClient: (blob: string) => blobClient({ container: name, name: blob }, store, ask),
    listBlobsFlat: ({ prefix = "" }: { prefix?: string } = {}) => listing(lister(prefix)),
    listBlobsByHierarchy: (delimiter: string, { prefix = "" }: { prefix?: string } = {}) =>
      hierarchy(lister(prefix), prefix, delimiter),
  });
}

type Ask = <T>(kind: StorageOperation["kind"], blob: string, apply: () => T) => Promise<T>;

interface UploadOptions {
  conditions?: BlobConditions;
  blobHTTPHeaders?: { blobContentType?: string };
  metadata?: Record<string, string>;
}

function blobClient({ container, name }: { container: string; name: string }, store: () => BlobStore, ask: Ask) {
  const write = (body: Buffer | string, options: UploadOptions) =>
    ask("write", name, () => {
      const { conditions = {}, metadata = {}, blobHTTPHeaders: { blobContentType: contentType } = {} } = options;
      const facts = { conditions, metadata, ...(contentType === undefined ? {} : { contentType }) };
      const { etag, lastModified } = store().put(name, Buffer.from(body), facts);
      return { etag, lastModified: new Date(lastModified) };
    });
  return complete<object>("BlobClient", {
    name,
    url: `${ACCOUNT}/${container}/${name.split("/").map(encodeURIComponent).join("/")}`,
    exists: () => ask("facts", name, () => store().blobs.has(name)),
    getProperties: () => ask("facts", name, () => propertiesOf(store().get(name))),
    download: (offset = 0, count?: number, { conditions }: { conditions?: BlobConditions } = {}) =>
      ask("read", name, () => {
        const blob = store().read(name, conditions);
        const body = blob.body.subarray(offset, count === undefined ? undefined : offset + count);
        return { ...propertiesOf(blob), contentLength: body.length, readableStreamBody: streamOf(body) };
      }),
    downloadToBuffer: (offset = 0, count?: number, { conditions }: { conditions?: BlobConditions } = {}) =>
      ask("read", name, () =>
        store()
          .read(name, conditions)
          .body.subarray(offset, count === undefined ? undefined : offset + count),
      ),
    upload: (body: Buffer | string, _length: number, options: UploadOptions = {}) => write(body, options),
    uploadData: (body: Buffer, options: UploadOptions = {}) => write(body, options),
    delete: ({ conditions }: { conditions?: BlobConditions } = {}) =>
      ask("delete", name, () => store().delete(name, conditions)),
    deleteIfExists: () => ask("delete", name, () => store().blobs.has(name) && store().delete(name)),
    getBlobLeaseClient: (proposed?: string) => leaseClient(name, { store, ask }, proposed),
  });
}

let leases = 0;

function leaseClient(name: string, { store, ask }: { store: () => BlobStore; ask: Ask }, proposed?: string) {
  const id = proposed ?? `lease-${++leases}`;
  return complete<object>("BlobLeaseClient", {
    acquireLease: (seconds: number) => ask("lease", name, () => store().acquireLease(name, id, seconds)),
    renewLease: () => ask("lease", name, () => store().renewLease(name, id)),
    releaseLease: () => ask("lease", name, () => store().releaseLease(name, id)),
    breakLease: () => ask("lease", name, () => store().breakLease(name)),
  });
}

/** What a stream is for its reader: its parts, one after the other. */
function streamOf(body: Buffer) {
  return { on() {}, destroy() {}, [Symbol.iterator]: () => [body][Symbol.iterator]() };
}

function propertiesOf({ etag, lastModified, contentType, metadata, body }: StoredBlob) {
  return { etag, lastModified: new Date(lastModified), contentType, metadata, contentLength: body.length };
}

interface Lister {
  page(size: number, from: string | undefined): Promise<{ items: StoredBlob[]; next: string }>;
}

function itemOf(blob: StoredBlob) {
  const { metadata, etag, ...properties } = propertiesOf(blob);
  return { name: blob.name, metadata, properties: { ...properties, etag: etag.replaceAll('"', "") } };
}

function listing(lister: Lister) {
  async function* pages(size: number, from?: string) {
    for (let next = from; ; ) {
      const page = await lister.page(size, next);
      yield { segment: { blobItems: page.items.map(itemOf) }, continuationToken: page.next };
      if (page.next === "") return;
      next = page.next;
    }
  }
  return {
    async *[Symbol.asyncIterator]() {
      for await (const { segment } of pages(PAGE)) yield* segment.blobItems;
    },
    byPage: ({ maxPageSize = PAGE, continuationToken }: { maxPageSize?: number; continuationToken?: string } = {}) =>
      pages(maxPageSize, continuationToken),
  };
}

async function* hierarchy(lister: Lister, prefix: string, delimiter: string) {
  const { items } = await lister.page(PAGE, undefined);
  const folders = new Set<string>();
  for (const item of items) {
    const end = item.name.indexOf(delimiter, prefix.length);
    if (end < 0) yield { kind: "blob", ...itemOf(item) };
    else folders.add(item.name.slice(0, end + delimiter.length));
  }
  for (const name of folders) yield { kind: "prefix", name };
}

/** An object that stands for a client: what is asked of it and not there is an error that names it. */
export function complete<T extends object>(name: string, known: object): T {
  return new Proxy(known, {
    get(target, key) {
      if (key in target || typeof key === "symbol" || key === "then" || key === "toJSON")
        return Reflect.get(target, key);
      throw new Error(`The simulation has no ${name}.${key}: add it to simulation/storage`);
    },
  }) as T;
}
