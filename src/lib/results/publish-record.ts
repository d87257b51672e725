import type { ContainerClient } from "@azure/storage-blob";
import { recordName } from "../documents/document.ts";
import { createText, deleteBlob, type RecordContainers, replaceText } from "../storage/blobs.ts";
import { outcomeMetadata } from "./outcome-metadata.ts";
import { type FailureFile, type PublishOutcome, type ResultFile, stringifyRecord } from "./record.ts";
import { compareVersions, readVersion, type StoredRecord, versionMetadata } from "./record-version.ts";
import { placeSidecars, removeSidecars, type Sidecar, sidecarKey } from "./sidecar.ts";

export interface PublishOptions {
  /** The document was redriven: a record of the same version gives way to this one, which is later. */
  again?: boolean | undefined;
  /** The files beside a result; a failure has none. */
  sidecars?: readonly Sidecar[] | undefined;
  /**
   * There was no failure record before, and the caller looks once more for all results that it publishes together: one
   * that was written meanwhile is found by that.
   */
  looksLater?: boolean | undefined;
}

/** Each round is caused by another publisher of the same document, of which there are as many as it has versions under way. */
const MAX_ROUNDS = 50;

/**
 * Stores a record so that its document ends up with exactly one, the best: whatever other publishers of the same document
 * do meanwhile, and wherever earlier ones died. Can be repeated.
 *
 * Every publisher first writes its own record and then looks at the other container (or has the caller look, `looksLater`),
 * so of two that run at once at least one sees the other's; what is worse goes, and after anything was deleted the publisher looks again, since the better
 * one may have been deleted at the same time. All writes and deletions are bound to the ETag that was looked at.
 *
 */
export async function publishRecord(
  containers: RecordContainers,
  record: ResultFile | FailureFile,
  options: PublishOptions = {},
): Promise<PublishOutcome> {
  const publisher = new Publisher(containers, record, options);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const outcome = await publisher.round();
    if (outcome !== undefined) return outcome;
  }
  throw new Error(`The record ${publisher.name} kept changing while it was written; it is safe to try again`);
}

class Publisher {
  readonly name: string;
  readonly #containers: RecordContainers;
  readonly #record: ResultFile | FailureFile;
  readonly #own: ContainerClient;
  readonly #other: ContainerClient;
  readonly #again: boolean;
  readonly #sidecars: readonly Sidecar[];
  readonly #looksLater: boolean;
  #wrote = false;
  #looksFirst: boolean;

  constructor(containers: RecordContainers, record: ResultFile | FailureFile, options: PublishOptions) {
    const { again = false, sidecars = [], looksLater = false } = options;
    const { results, failed } = containers;
    this.#again = again;
    this.#sidecars = record.status === "failed" ? [] : sidecars;
    this.name = recordName(record.pipeline, record.document.name);
    this.#record = record;
    this.#containers = containers;
    [this.#own, this.#other] = record.status === "failed" ? [failed, results] : [results, failed];
    // A failure comes late more often than a result does: look before writing, and save others the sight of both.
    this.#looksFirst = record.status === "failed";
    this.#looksLater = looksLater && record.status !== "failed";
  }

  /** Brings things one step closer to one record; undefined when they must be looked at again. */
  async round(): Promise<PublishOutcome | undefined> {
    if (this.#looksFirst && !this.#wrote) {
      const rival = await readVersion(this.#other, this.name);
      if (rival !== undefined && (await this.#losesTo(rival))) return this.#giveWay();
    }
    const placed = await this.#place();
    if (placed === "changed") return undefined;
    if (placed === "superseded") return this.#withoutSidecars();
    const rival = this.#looksLater ? undefined : await readVersion(this.#other, this.name);
    if (rival === undefined) return this.#wrote ? "written" : "same";
    if (await this.#losesTo(rival)) return this.#giveWay();
    await this.#removeSidecars(rival);
    await deleteBlob(this.#other, this.name, rival.blobEtag);
    return undefined;
  }

  /** Puts the record in its own container, unless one of the same or a newer version is there. */
  async #place(): Promise<"placed" | "superseded" | "changed"> {
    const text = stringifyRecord(this.#record);
    const keys = this.#sidecars.map(sidecarKey);
    const metadata = { ...versionMetadata(this.#record.document, keys), ...outcomeMetadata(this.#record) };
    const options = { metadata };
    if (!this.#wrote) {
      await placeSidecars(this.#containers, this.#record, this.#sidecars, { again: this.#again });
      if ((await createText(this.#own, this.name, text, options)) !== undefined) {
        this.#wrote = true;
        return "placed";
      }
    }
    const there = await readVersion(this.#own, this.name);
    if (there === undefined) {
      this.#wrote = false;
      return "changed";
    }
    const order = await this.#orderOf(there);
    if (order === "same" && (this.#wrote || !this.#again)) return "placed";
    if (order === "newer" || order === "unknown") return "superseded";
    await this.#removeSidecars(there, keys);
    if ((await replaceText(this.#own, this.name, text, { etag: there.blobEtag, ...options })) === undefined)
      return "changed";
    this.#wrote = true;
    return "placed";
  }

  /** Removes what this record's container holds, if it is not newer than this record, once a better one is elsewhere. */
  async #giveWay(): Promise<PublishOutcome | undefined> {
    const there = await readVersion(this.#own, this.name);
    if (there === undefined) return this.#withoutSidecars();
    const order = await this.#orderOf(there);
    if (order === "newer" || order === "unknown") return this.#withoutSidecars();
    await this.#removeSidecars(there);
    await deleteBlob(this.#own, this.name, there.blobEtag);
    this.#wrote = false;
    this.#looksFirst = true;
    return undefined;
  }

  /** The record does not stand, so the files that were placed for it must not stay. */
  async #withoutSidecars(): Promise<PublishOutcome> {
    const { etag, lastModified } = this.#record.document;
    await this.#removeSidecars({
      version: { etag, lastModified },
      sidecars: this.#sidecars.map(sidecarKey),
    });
    return "superseded";
  }

  /** @param kept those that this record has as well */
  async #removeSidecars(
    { version, sidecars }: Pick<StoredRecord, "version" | "sidecars">,
    kept: readonly string[] = [],
  ): Promise<void> {
    const keys = sidecars.filter((key) => !kept.includes(key));
    await removeSidecars(this.#containers, this.#record, { version, keys });
  }

  /** How a stored record stands to ours. One that cannot be read counts as older than any. */
  async #orderOf({ version }: StoredRecord): Promise<"newer" | "older" | "same" | "unknown"> {
    if (version === undefined) return "older";
    const { etag, lastModified } = this.#record.document;
    return compareVersions(this.#containers.input, this.#record.document.name, version, { etag, lastModified });
  }

  /** Whether a record in the other container is better than ours. In doubt, results are better than failures. */
  async #losesTo(rival: StoredRecord): Promise<boolean> {
    const order = await this.#orderOf(rival);
    return order === "newer" || (order !== "older" && this.#record.status === "failed");
  }
}
