import type { ContainerClient, RestError } from "@azure/storage-blob";

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
