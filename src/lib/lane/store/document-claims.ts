import { createHash } from "node:crypto";
import type { ContainerClient } from "@azure/storage-blob";
import { z } from "zod";
import { createText, readText, replaceText } from "../../storage/blobs.ts";
import { parseStored } from "../../storage/versioned-json.ts";
import type { LaneAddress } from "../lane.ts";
import { OvertakenError, workNames } from "./lane-file.ts";

const ledgerSchema = z.object({
  lanes: z.record(z.string(), z.object({ batch: z.string(), documents: z.array(z.string()) })),
});

type LedgerContent = z.output<typeof ledgerSchema>;

/** Changing the ledger failed this often in a row: far more lanes than a pipeline may have would be needed for that. */
const MOST_TRIES = 100;

/**
 * Who has which document in hand, one blob per pipeline, changed only under its ETag. A document in the ledger belongs
 * to one lane, so neither a second event for it nor a newer version of it is analysed beside it: both wait until it is
 * published. That is what makes one effect per version, without a marker blob per document.
 */
export class Ledger {
  readonly #work: ContainerClient;
  readonly #pipeline: string;

  constructor(work: ContainerClient, pipeline: string) {
    this.#work = work;
    this.#pipeline = pipeline;
  }

  /**
   * Puts the documents that no other lane has in hand into this lane's hands, in place of all it had of this batch.
   * @returns the names that another lane has
   * @throws OvertakenError when the lane has another batch in hand: another run of it is at work
   */
  async take({ lane }: LaneAddress, batch: string, names: readonly string[]): Promise<Set<string>> {
    let held = new Set<string>();
    await this.#change((content) => {
      const before = content.lanes[lane];
      if (before !== undefined && before.batch !== batch) throw new OvertakenError(workNames.ledger(this.#pipeline));
      const others = Object.entries(content.lanes).filter(([other]) => other !== String(lane));
      const inOtherHands = new Set(others.flatMap(([, entry]) => entry.documents));
      held = new Set(names.filter((name) => inOtherHands.has(documentKey(name))));
      const own = names.filter((name) => !held.has(name)).map(documentKey);
      if (own.length === 0 && before === undefined) return undefined;
      const entry = own.length === 0 ? {} : { [lane]: { batch, documents: own } };
      return { lanes: { ...Object.fromEntries(others), ...entry } };
    });
    return held;
  }

  /** Lets go of what the lane has of a batch; of what it has of any other batch, another run of it takes care. */
  async release({ lane }: LaneAddress, batch: string): Promise<void> {
    await this.#change((content) => {
      if (content.lanes[lane]?.batch !== batch) return undefined;
      const { [lane]: _released, ...lanes } = content.lanes;
      return { lanes };
    });
  }

  /** Which batch each lane has in hand. */
  async batches(): Promise<Map<number, string>> {
    const { content } = await this.#read();
    return new Map(Object.entries(content.lanes).map(([lane, entry]) => [Number(lane), entry.batch]));
  }

  /** The lane that has a document in hand. */
  async holder(name: string): Promise<number | undefined> {
    const { content } = await this.#read();
    const key = documentKey(name);
    const entry = Object.entries(content.lanes).find(([, { documents }]) => documents.includes(key));
    return entry === undefined ? undefined : Number(entry[0]);
  }

  async #read(): Promise<{ content: LedgerContent; etag: string | undefined }> {
    const name = workNames.ledger(this.#pipeline);
    const blob = await readText(this.#work, name);
    if (blob === undefined) return { content: { lanes: {} }, etag: undefined };
    return { content: parseStored(this.#work, name, blob.text, ledgerSchema), etag: blob.etag };
  }

  async #change(edit: (content: LedgerContent) => LedgerContent | undefined): Promise<void> {
    const name = workNames.ledger(this.#pipeline);
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const { content, etag } = await this.#read();
      const changed = edit(content);
      if (changed === undefined) return;
      const text = JSON.stringify(changed);
      const written =
        etag === undefined ? await createText(this.#work, name, text) : await replaceText(this.#work, name, text, etag);
      if (written !== undefined) return;
    }
    throw new Error(
      `The ledger of pipeline "${this.#pipeline}" (${name}) was changed by others ${MOST_TRIES} times in a row`,
    );
  }
}

/** Names are long and may be private; 16 characters of their hash tell a pipeline's documents in hand apart. */
function documentKey(name: string): string {
  return createHash("sha256").update(name).digest("base64url").slice(0, 16);
}
