import pMap from "p-map";
import { type DocumentMessage, messageKey } from "../../storage/document-message.ts";
import { StaleWriteError } from "../../storage/versioned-json.ts";
import type { WorkMessage, WorkPeek, WorkQueue } from "../../storage/work-queue.ts";
import type { LaneContext } from "../lane-context.ts";

/** A document put back to fill a job better comes back after this, together with those of other lanes. */
const PASS_SECONDS = 1;
/** So often a document is put back for that; then it goes in a job that is not full. */
const MOST_PASSES = 3;
/** From so many reads that never ended, a document is read with a few others of its kind: most of them are innocent. */
const FEW_FROM_TRIES = 2;
const FEW_DOCUMENTS = 10;
/** From so many, it is read alone, so that it cannot take others with it. */
const ALONE_FROM_TRIES = 4;
/** Calls to the queue at a time. */
const CONCURRENCY = 16;

/** A document with the message that it was received in. */
interface Received {
  document: DocumentMessage;
  message: WorkMessage;
}

export interface TakenDocuments {
  documents: DocumentMessage[];
  /** Removes them from the queue: call it once they are written down elsewhere. What their messages hold beside them goes back. */
  settle(): Promise<void>;
}

/**
 * Takes documents from the queue for one batch: each name once, none that another lane has claimed, and no more than
 * fill whole jobs while others may still come. The rest goes back to the queue.
 * @param wanted.releaseStale releases what the lane has claimed for a batch that it does not have
 */
export async function takeDocuments(
  context: LaneContext,
  batch: string,
  wanted: { documents: number; waiting: WorkPeek; documentsPerJob: number; releaseStale(): Promise<void> },
): Promise<TakenDocuments> {
  const { queue, claims, limits, pipeline, address, log } = context;
  const messages = await queue.receive(wanted.documents, wanted.waiting, limits.visibilityTimeoutSeconds);
  const received = messages.flatMap((message) =>
    message.documents.map((read): Received => {
      // A pipeline that no longer takes files of rows takes them as they are.
      const { part: _part, ...whole } = read;
      return { message, document: pipeline.rows === undefined ? whole : read };
    }),
  );
  const inHand = new MessagesInHand(queue, messages);

  const { now: chosen, later } = choose(received, {
    documentsPerJob: wanted.documentsPerJob,
    othersCompete: wanted.waiting.total > received.length,
    maxWaitSeconds: pipeline.maxWaitSeconds,
  });
  for (const { message, document } of later) {
    const passed = { ...document, passes: document.passes + 1 };
    inHand.giveBack({ message, document: passed }, { seconds: PASS_SECONDS, isFree: true });
  }

  const names = [...new Set(chosen.map(({ document }) => messageKey(document)))];
  const claimedElsewhere = await claims.claim(address.lane, batch, names).catch(async (error: unknown) => {
    if (!(error instanceof StaleWriteError)) throw error;
    await wanted.releaseStale();
    return claims.claim(address.lane, batch, names);
  });
  const isElsewhere = ({ document }: Received): boolean => claimedElsewhere.has(messageKey(document));
  const elsewhere = { seconds: limits.claimedElsewhereSeconds, isFree: false };
  for (const one of chosen.filter(isElsewhere)) inHand.giveBack(one, elsewhere);

  const own = chosen.filter((one) => !isElsewhere(one));
  const foreign = messages.filter(({ isForeign }) => isForeign);
  const touched = new Set([...own.map(({ message }) => message), ...foreign]);
  await inHand.settle((message) => !touched.has(message));
  return {
    documents: eachNameOnce(own.map(({ document }) => document)),
    settle: async () => {
      for (const { id } of foreign) log({ event: "message.foreign", ...address, messageId: id });
      await inHand.settle((message) => touched.has(message));
    },
  };
}

/** A document that goes back to the queue, and how. */
interface Returned {
  document: DocumentMessage;
  seconds: number;
  /** It had its turn, and whoever comes next may take it; otherwise another lane has it in hand. */
  isFree: boolean;
}

/** Messages that were received, and what of each goes back to the queue. */
class MessagesInHand {
  readonly #queue: WorkQueue;
  readonly #returned = new Map<WorkMessage, Returned[]>();

  constructor(queue: WorkQueue, messages: readonly WorkMessage[]) {
    this.#queue = queue;
    for (const message of messages) {
      const spare = message.spare.map((document) => ({ document, seconds: 0, isFree: true }));
      this.#returned.set(message, spare);
    }
  }

  giveBack({ message, document }: Received, how: Omit<Returned, "document">): void {
    this.#returned.set(message, [...(this.#returned.get(message) ?? []), { document, ...how }]);
  }

  /**
   * Gives back what is to go back of these messages, and removes all else. A message of which all goes back in the same way is
   * as it was. Of others, what is free is queued anew, since a message that is changed comes back behind all others;
   * that is done first, so that a crash makes copies and loses nothing.
   */
  async settle(isWanted: (message: WorkMessage) => boolean): Promise<void> {
    const wanted = [...this.#returned].filter(([message]) => isWanted(message));
    const parts = wanted.map(([message, returned]) => {
      const all = message.documents.length + message.spare.length;
      const isWhole = returned.length === all && new Set(returned.map(({ seconds }) => seconds)).size === 1;
      return { message, stays: isWhole ? returned : returned.filter(({ isFree }) => !isFree), returned };
    });
    const free = parts.flatMap(({ stays, returned }) => returned.filter((one) => !stays.includes(one)));
    for (const seconds of new Set(free.map((one) => one.seconds))) {
      const documents = free.filter((one) => one.seconds === seconds).map(({ document }) => document);
      await this.#queue.sendFirst(documents, seconds);
    }
    const leave = ({ message, stays }: (typeof parts)[number]) =>
      this.#queue.leave(
        message,
        stays.map(({ document }) => document),
        stays[0]?.seconds ?? 0,
      );
    await pMap(parts, leave, { concurrency: CONCURRENCY });
  }
}

/** Which of the documents in hand make this batch, and which go back to fill a job with others. */
export function choose<T extends { document: DocumentMessage }>(
  received: readonly T[],
  view: { documentsPerJob: number; othersCompete: boolean; maxWaitSeconds: number },
): { now: T[]; later: T[] } {
  const suspects = received.filter(({ document }) => document.tries >= FEW_FROM_TRIES);
  if (suspects.length > 0) {
    const worst = suspects.find(({ document }) => document.tries >= ALONE_FROM_TRIES);
    const now =
      worst === undefined
        ? suspects.slice(0, FEW_DOCUMENTS)
        : received.filter(({ document }) => messageKey(document) === messageKey(worst.document));
    return { now, later: received.filter((one) => !now.includes(one)) };
  }
  const left = received.length % view.documentsPerJob;
  const competing = received.length > left || view.othersCompete;
  if (left === 0 || !competing || view.maxWaitSeconds === 0) return { now: [...received], later: [] };
  const later = received.filter(({ document }) => document.passes < MOST_PASSES).slice(-left);
  return { now: received.filter((one) => !later.includes(one)), later };
}

function eachNameOnce(documents: readonly DocumentMessage[]): DocumentMessage[] {
  const byName = new Map<string, DocumentMessage>();
  for (const document of documents) {
    const key = messageKey(document);
    if (!byName.has(key) || document.reason === "redrive") byName.set(key, document);
  }
  return [...byName.values()];
}
