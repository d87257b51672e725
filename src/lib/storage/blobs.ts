import { type ContainerClient, RestError } from "@azure/storage-blob";

/** A blob's text and the facts about it that decide whether it may be overwritten. */
export interface TextBlob {
  text: string;
  etag: string;
  lastModified: string;
  metadata: Record<string, string>;
}

/** What is known of a blob without its content. `lastModified` is ISO 8601, whole seconds (the storage service's own). */
export interface BlobFacts {
  etag: string;
  lastModified: string;
  contentType: string | undefined;
  bytes: number;
  metadata: Record<string, string>;
}

export interface WriteOptions {
  contentType?: string;
  /** Names: lower-case letters and digits; values: ASCII (they travel as headers). */
  metadata?: Record<string, string>;
}

/**
 * True for a name that a blob can have and be reached by: a URL drops dot segments, and would lead elsewhere
 * (learn.microsoft.com, "Naming and Referencing Containers, Blobs, and Metadata").
 */
export function isBlobName(name: string): boolean {
  const segments = name.split("/");
  const isReachable = segments.length <= 254 && !segments.some((segment) => segment === "." || segment === "..");
  return name.length > 0 && name.length <= 1_024 && name.isWellFormed() && isReachable;
}

/** Content types that tools give to the blobs that stand for folders. */
const FOLDER_TYPES = /^(?:application\/(?:x-)?directory|httpd\/unix-directory|inode\/directory)\b/i;

/**
 * True for an empty blob that stands for a folder, as mounts, SFTP servers and hierarchical namespaces make them: marked by
 * its metadata, by a slash at the end of its name, or by its content type. It is no document.
 */
export function isFolderMarker(
  name: string,
  facts: { bytes: number; contentType?: string | undefined; metadata?: Record<string, string> | undefined },
): boolean {
  if (facts.bytes !== 0) return false;
  const isMarked = Object.entries(facts.metadata ?? {}).some(
    ([key, value]) => key.toLowerCase() === "hdi_isfolder" && value.toLowerCase() === "true",
  );
  return isMarked || name.endsWith("/") || FOLDER_TYPES.test(facts.contentType ?? "");
}

/** True for an answer of the storage service with one of these HTTP statuses. */
export function isStatus(error: unknown, ...statuses: number[]): error is RestError {
  return error instanceof RestError && error.statusCode !== undefined && statuses.includes(error.statusCode);
}

/** The codes by which the storage service says that a blob is not the one that the request's conditions speak of. */
const CHANGED: ReadonlySet<string> = new Set(["ConditionNotMet", "BlobAlreadyExists"]);

/** Reads a blob as UTF-8 text; undefined when it does not exist. */
export async function readText(container: ContainerClient, name: string): Promise<TextBlob | undefined> {
  try {
    const answer = await container.getBlobClient(name).download();
    const chunks: Buffer[] = [];
    for await (const chunk of answer.readableStreamBody ?? []) chunks.push(Buffer.from(chunk));
    return {
      text: Buffer.concat(chunks).toString("utf8"),
      etag: answer.etag ?? "",
      lastModified: (answer.lastModified ?? new Date(0)).toISOString(),
      metadata: answer.metadata ?? {},
    };
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw error;
  }
}

/** Reads a blob's bytes; undefined when it does not exist. */
export async function readBytes(container: ContainerClient, name: string): Promise<Buffer | undefined> {
  try {
    return await container.getBlobClient(name).downloadToBuffer();
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw error;
  }
}

/** The facts of a blob; undefined when it does not exist. */
export async function readFacts(container: ContainerClient, name: string): Promise<BlobFacts | undefined> {
  try {
    const answer = await container.getBlobClient(name).getProperties();
    return {
      etag: answer.etag ?? "",
      lastModified: (answer.lastModified ?? new Date(0)).toISOString(),
      contentType: answer.contentType,
      bytes: answer.contentLength ?? 0,
      metadata: answer.metadata ?? {},
    };
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw error;
  }
}

/**
 * Writes a blob that must not exist yet. Returns its ETag, or undefined when one is already there.
 * @throws BlobRefusedError
 */
export async function createText(
  container: ContainerClient,
  name: string,
  text: string | Buffer,
  options: WriteOptions = {},
): Promise<string | undefined> {
  try {
    return await upload(container, name, text, { ...options, conditions: { ifNoneMatch: "*" } });
  } catch (error) {
    // Which of the two the storage service looks at first, its lease or that it is there, is nowhere promised.
    if (error instanceof BlobRefusedError && error.exists) return undefined;
    throw error;
  }
}

/**
 * Overwrites the version of a blob that was read. Returns the new ETag, or undefined when it changed or went meanwhile.
 * @throws BlobRefusedError when it did neither, and may not be replaced
 */
export async function replaceText(
  container: ContainerClient,
  name: string,
  text: string | Buffer,
  { etag, ...options }: WriteOptions & { etag: string },
): Promise<string | undefined> {
  return upload(container, name, text, { ...options, conditions: { ifMatch: etag } });
}

/**
 * Writes a blob whatever is there: only where one writer owns the name. Returns its ETag.
 * @throws BlobRefusedError
 */
export async function writeText(
  container: ContainerClient,
  name: string,
  text: string,
  options: WriteOptions = {},
): Promise<string> {
  return (await upload(container, name, text, options)) ?? "";
}

/**
 * Deletes a blob (only the given version, if one is given). True when it is gone by this call or was not there, false
 * when it changed meanwhile.
 * @throws BlobRefusedError
 */
export async function deleteBlob(container: ContainerClient, name: string, etag?: string): Promise<boolean> {
  try {
    await container.getBlobClient(name).delete({
      deleteSnapshots: "include",
      ...(etag === undefined ? {} : { conditions: { ifMatch: etag } }),
    });
    return true;
  } catch (error) {
    if (isStatus(error, 404)) return true;
    if (isChange(error)) return false;
    throw refused(container, name, error);
  }
}

async function upload(
  container: ContainerClient,
  name: string,
  text: string | Buffer,
  {
    contentType,
    metadata,
    conditions = {},
  }: WriteOptions & { conditions?: { ifMatch?: string; ifNoneMatch?: string } },
): Promise<string | undefined> {
  const body = typeof text === "string" ? Buffer.from(text, "utf8") : text;
  try {
    const answer = await container.getBlockBlobClient(name).upload(body, body.length, {
      conditions,
      blobHTTPHeaders: { blobContentType: contentType ?? "application/json; charset=utf-8" },
      ...(metadata === undefined ? {} : { metadata }),
    });
    return answer.etag ?? "";
  } catch (error) {
    if (isChange(error)) return undefined;
    throw refused(container, name, error);
  }
}

function isChange(error: unknown): boolean {
  return isStatus(error, 409, 412) && CHANGED.has(error.code ?? "");
}

function refused(container: ContainerClient, name: string, error: unknown): unknown {
  return isStatus(error, 409, 412) ? new BlobRefusedError(container, name, error) : error;
}

/**
 * True for two spellings of one ETag: headers put it in quotes and may mark it weak, listings and events do neither.
 * An ETag that is not known is like none, not even like another that is not known.
 */
export function sameEtag(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && bareEtag(one) === bareEtag(other);
}

function bareEtag(etag: string): string {
  return etag.replace(/^(?:W\/)?"(.*)"$/, "$1");
}

const LIFT = "lift the hold or the immutability policy of that blob, or wait until the policy ends";
const WAIT = "wait until the storage service is done with that blob";

/**
 * Refusals to change a blob that are the blob's own and last until somebody does something
 * (learn.microsoft.com/rest/api/storageservices/blob-service-error-codes), and what.
 */
const REMEDIES: Readonly<Record<string, string>> = {
  LeaseIdMissing: "end the lease of that blob (az storage blob lease break)",
  BlobImmutableDueToPolicy: LIFT,
  BlobImmutableDueToLegalHold: LIFT,
  BlobArchived: "move that blob to the hot, cool or cold tier",
  BlobBeingRehydrated: WAIT,
  PendingCopyOperation: WAIT,
};

/**
 * The storage service does not let one blob be replaced or deleted, though nobody changed it meanwhile: it is under a
 * lease, a legal hold, an immutability policy. Trying again helps only once that is over; other blobs are not concerned.
 */
export class BlobRefusedError extends Error {
  override readonly name = "BlobRefusedError";
  /** The storage service's code. */
  readonly code: string;

  constructor(container: ContainerClient, blob: string, cause: RestError) {
    const code = cause.code ?? `HTTP ${cause.statusCode}`;
    const remedy = REMEDIES[code] ?? "look the code up among the error codes of Blob Storage";
    super(`The storage service refuses (${code}) to change ${container.containerName}/${blob}: ${remedy}`, { cause });
    this.code = code;
  }

  /** True for a refusal that only a blob which is there can bring about. */
  get exists(): boolean {
    return Object.hasOwn(REMEDIES, this.code);
  }
}

/** Where records and the files beside them are kept; `input` is asked which version of a document is the current one, when nothing else tells. */
export interface RecordContainers {
  input: ContainerClient;
  results: ContainerClient;
  failed: ContainerClient;
  /** Copies of files that the service redacted; made only where a pipeline has such. */
  redacted: ContainerClient;
}

/** The containers of the app. */
export interface Containers extends RecordContainers {
  /** What is under way, and what is counted. */
  work: ContainerClient;
}
