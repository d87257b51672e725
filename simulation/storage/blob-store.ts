/** A refusal as the storage service words it. */
export class StorageRefusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

export interface StoredBlob {
  name: string;
  body: Buffer;
  etag: string;
  /** Milliseconds since 1970, whole seconds. */
  lastModified: number;
  contentType: string;
  metadata: Record<string, string>;
  lease: { id: string; seconds: number; until: number } | undefined;
}

export interface BlobConditions {
  ifMatch?: string | undefined;
  ifNoneMatch?: string | undefined;
}

/** The length of a lease without end. */
const ENDLESS = -1;

/** One container, each operation of which is one indivisible step, under the conditions of the storage service. */
export class BlobStore {
  readonly name: string;
  readonly blobs = new Map<string, StoredBlob>();
  /** Called after each change, with the blob as it is now; undefined: it was deleted. */
  onChange: (name: string, blob: StoredBlob | undefined) => void = () => {};
  #sorted: string[] | undefined;
  readonly #now: () => number;
  readonly #newEtag: () => string;

  constructor(name: string, { now, newEtag }: { now: () => number; newEtag: () => string }) {
    this.name = name;
    this.#now = now;
    this.#newEtag = newEtag;
  }

  get(name: string): StoredBlob {
    const blob = this.blobs.get(name);
    if (blob === undefined) throw new StorageRefusal(404, "BlobNotFound");
    return blob;
  }

  put(
    name: string,
    body: Buffer,
    facts: { contentType?: string; metadata?: Record<string, string>; conditions?: BlobConditions } = {},
  ): StoredBlob {
    const { contentType = "application/octet-stream", metadata = {}, conditions = {} } = facts;
    const before = this.blobs.get(name);
    if (conditions.ifNoneMatch === "*" && before !== undefined) throw new StorageRefusal(409, "BlobAlreadyExists");
    if (conditions.ifMatch !== undefined && !isSame(before?.etag, conditions.ifMatch))
      throw new StorageRefusal(412, "ConditionNotMet");
    this.#refuseLeased(before);
    const lastModified = Math.floor(this.#now() / 1000) * 1000;
    const lease = before?.lease;
    const blob = { name, body, etag: this.#newEtag(), lastModified, contentType, metadata, lease };
    if (before === undefined) this.#sorted = undefined;
    this.blobs.set(name, blob);
    this.onChange(name, blob);
    return blob;
  }

  read(name: string, { ifMatch, ifNoneMatch }: BlobConditions = {}): StoredBlob {
    const blob = this.get(name);
    if (ifMatch !== undefined && !isSame(blob.etag, ifMatch)) throw new StorageRefusal(412, "ConditionNotMet");
    if (isSame(blob.etag, ifNoneMatch)) throw new StorageRefusal(304, "ConditionNotMet");
    return blob;
  }

  delete(name: string, { ifMatch }: BlobConditions = {}): void {
    if (ifMatch !== undefined && !isSame(this.blobs.get(name)?.etag ?? "", ifMatch))
      throw new StorageRefusal(412, "ConditionNotMet");
    const blob = this.get(name);
    this.#refuseLeased(blob);
    this.blobs.delete(name);
    this.#sorted = undefined;
    this.onChange(name, undefined);
  }

  /** @param seconds -1: without end */
  acquireLease(name: string, id: string, seconds: number): void {
    const blob = this.get(name);
    if (this.#isLeased(blob) && blob.lease?.id !== id) throw new StorageRefusal(409, "LeaseAlreadyPresent");
    const until = seconds === ENDLESS ? Number.POSITIVE_INFINITY : this.#now() + seconds * 1000;
    blob.lease = { id, seconds, until };
  }

  renewLease(name: string, id: string): void {
    const blob = this.get(name);
    if (blob.lease?.id !== id) throw new StorageRefusal(409, "LeaseIdMismatchWithLeaseOperation");
    blob.lease.until =
      blob.lease.seconds === ENDLESS ? Number.POSITIVE_INFINITY : this.#now() + blob.lease.seconds * 1000;
  }

  releaseLease(name: string, id: string): void {
    const blob = this.get(name);
    if (blob.lease?.id !== id) throw new StorageRefusal(409, "LeaseIdMismatchWithLeaseOperation");
    blob.lease = undefined;
  }

  /** Ends a lease at once. */
  breakLease(name: string): void {
    const blob = this.get(name);
    if (blob.lease === undefined) throw new StorageRefusal(409, "LeaseNotPresentWithLeaseOperation");
    blob.lease.until = 0;
  }

  /** Names in the order of the storage service, from one on. */
  list(prefix: string, from = ""): StoredBlob[] {
    this.#sorted ??= [...this.blobs.keys()].sort((one, other) => (one < other ? -1 : 1));
    return this.#sorted.filter((name) => name >= from && name.startsWith(prefix)).map((name) => this.get(name));
  }

  #isLeased({ lease }: StoredBlob): boolean {
    return lease !== undefined && lease.until > this.#now();
  }

  #refuseLeased(blob: StoredBlob | undefined): void {
    if (blob !== undefined && this.#isLeased(blob)) throw new StorageRefusal(412, "LeaseIdMissing");
  }
}

/** The service takes an ETag with quotes or, as listings give it, without. */
function isSame(etag: string | undefined, other: string | undefined): boolean {
  return etag !== undefined && etag.replaceAll('"', "") === other?.replaceAll('"', "");
}
