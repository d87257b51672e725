import { createHash } from "node:crypto";
import type { ContainerClient } from "@azure/storage-blob";
import { z } from "zod";
import { StaleWriteError, VersionedJson } from "../../storage/versioned-json.ts";
import { workNames } from "./names.ts";

const claimsSchema = z.object({
  lanes: z.record(z.string(), z.object({ batch: z.string(), documents: z.array(z.string()) })),
});

/**
 * Which lane has which document in hand, one blob per pipeline, changed only under its ETag. A claimed document belongs
 * to one lane, so neither a second event for it nor a newer version of it is analysed beside it: both wait until it is
 * published. That is what makes one effect per version, without a marker blob per document.
 */
export class DocumentClaims {
  readonly #blob: VersionedJson<z.output<typeof claimsSchema>>;
  readonly #name: string;

  constructor(work: ContainerClient, pipeline: string) {
    this.#name = workNames.claims(pipeline);
    this.#blob = new VersionedJson(work, this.#name, claimsSchema, () => ({ lanes: {} }));
  }

  /**
   * Claims the documents that no other lane has, in place of all that this lane claimed for the batch before.
   * @returns the names that another lane has
   * @throws StaleWriteError when the lane has claims of another batch: another run of it is at work
   */
  async claim(lane: number, batch: string, names: readonly string[]): Promise<Set<string>> {
    let claimedElsewhere = new Set<string>();
    await this.#blob.update(({ lanes }) => {
      const { [lane]: before, ...others } = lanes;
      if (before !== undefined && before.batch !== batch) throw new StaleWriteError(this.#name);
      const taken = new Set(Object.values(others).flatMap(({ documents }) => documents));
      claimedElsewhere = new Set(names.filter((name) => taken.has(documentKey(name))));
      const documents = names.filter((name) => !claimedElsewhere.has(name)).map(documentKey);
      if (documents.length === 0) return before === undefined ? undefined : { lanes: others };
      return { lanes: { ...others, [lane]: { batch, documents } } };
    });
    return claimedElsewhere;
  }

  /** Releases what the lane claimed for a batch; the claims of any other batch are for another run of it to release. */
  async release(lane: number, batch: string): Promise<void> {
    await this.#blob.update(({ lanes: { [lane]: own, ...lanes } }) => (own?.batch === batch ? { lanes } : undefined));
  }

  /** For which batch each lane has claims. */
  async batches(): Promise<Map<number, string>> {
    const { lanes } = (await this.#blob.read()).value;
    return new Map(Object.entries(lanes).map(([lane, { batch }]) => [Number(lane), batch]));
  }

  /** Those of these names that a lane has claimed. */
  async held(names: readonly string[]): Promise<Set<string>> {
    const { lanes } = (await this.#blob.read()).value;
    const keys = new Set(Object.values(lanes).flatMap(({ documents }) => documents));
    return new Set(names.filter((name) => keys.has(documentKey(name))));
  }

  /** The lane that has claimed a document. */
  async holder(name: string): Promise<number | undefined> {
    const { lanes } = (await this.#blob.read()).value;
    const key = documentKey(name);
    const claim = Object.entries(lanes).find(([, { documents }]) => documents.includes(key));
    return claim === undefined ? undefined : Number(claim[0]);
  }
}

/** Names are long and may be private; 16 characters of their hash tell a pipeline's claimed documents apart. */
function documentKey(name: string): string {
  return createHash("sha256").update(name).digest("base64url").slice(0, 16);
}
