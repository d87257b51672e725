import pMap from "p-map";
import { type DocumentMessage, messageKey, readDocumentMessage } from "../../storage/document-queue.ts";
import { StaleWriteError } from "../../storage/versioned-json.ts";
import type { WorkMessage, WorkPeek } from "../../storage/work-queue.ts";
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
  /** Removes their messages from the queue: call it once the documents are written down elsewhere. */
  deleteMessages(): Promise<void>;
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
  const received = messages.flatMap((message) => {
    const read = readDocumentMessage(message.text);
    if (read === undefined) return [];
    // A pipeline that no longer takes files of rows takes them as they are.
    const { part: _part, ...whole } = read;
    return [{ message, document: pipeline.rows === undefined ? whole : read }];
  });

  const { now: chosen, later } = choose(received, {
    documentsPerJob: wanted.documentsPerJob,
    othersCompete: wanted.waiting.total > messages.length,
    maxWaitSeconds: pipeline.maxWaitSeconds,
  });
  const passed = later.map(({ message, document }) => ({
    message,
    document: { ...document, passes: document.passes + 1 },
  }));
  await putBack(context, passed, PASS_SECONDS);

  const names = [...new Set(chosen.map(({ document }) => messageKey(document)))];
  const claimedElsewhere = await claims.claim(address.lane, batch, names).catch(async (error: unknown) => {
    if (!(error instanceof StaleWriteError)) throw error;
    await wanted.releaseStale();
    return claims.claim(address.lane, batch, names);
  });
  const isElsewhere = ({ document }: Received): boolean => claimedElsewhere.has(messageKey(document));
  await putBack(context, chosen.filter(isElsewhere), limits.claimedElsewhereSeconds);

  const own = chosen.filter((one) => !isElsewhere(one));
  const foreign = messages.filter((message) => !received.some((one) => one.message === message));
  return {
    documents: eachNameOnce(own.map(({ document }) => document)),
    deleteMessages: async () => {
      for (const { id } of foreign) log({ event: "message.foreign", ...address, messageId: id });
      await deleteMessages(context, [...own.map(({ message }) => message), ...foreign]);
    },
  };
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

/** Puts documents on the queue again whose messages are gone. */
export async function requeue({ queue }: LaneContext, documents: readonly DocumentMessage[]): Promise<void> {
  await pMap(documents, (document) => queue.send(document), { concurrency: CONCURRENCY });
}

async function putBack({ queue }: LaneContext, received: readonly Received[], delaySeconds: number): Promise<void> {
  await pMap(received, ({ message, document }) => queue.putBack(message, document, delaySeconds), {
    concurrency: CONCURRENCY,
  });
}

async function deleteMessages({ queue }: LaneContext, messages: readonly WorkMessage[]): Promise<void> {
  await pMap(messages, (message) => queue.delete(message), { concurrency: CONCURRENCY });
}
