import pMap from "p-map";
import {
  type DocumentMessage,
  readDocumentMessage,
  type TakenMessage,
  writeDocumentMessage,
} from "../../storage/document-queue.ts";
import type { BatchContext } from "../lane-context.ts";

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

/** A waiting document with the message that holds it. */
interface Held {
  document: DocumentMessage;
  message: TakenMessage;
}

export interface TakenDocuments {
  documents: DocumentMessage[];
  /** Removes their messages: call it once the documents are written down elsewhere. */
  drop(): Promise<void>;
}

/**
 * Takes documents from the queue for one batch: each name once, none that another lane has in hand, and no more than
 * fill whole jobs while others may still come. The rest goes back to the queue.
 */
export async function takeDocuments(
  context: BatchContext,
  batch: string,
  wanted: { documents: number; total: number; documentsPerJob: number },
): Promise<TakenDocuments> {
  const messages = await context.queue.take(wanted.documents, context.limits.hideSeconds);
  const held = messages.flatMap((message) => {
    const document = readDocumentMessage(message.text);
    return document === undefined ? [] : [{ message, document }];
  });

  const othersHold = wanted.total > messages.length;
  const { now: chosen, later } = choose(held, {
    ...wanted,
    othersHold,
    maxWaitSeconds: context.pipeline.maxWaitSeconds,
  });
  const passed = later.map(({ message, document }) => ({
    message,
    document: { ...document, passes: document.passes + 1 },
  }));
  await putBack(context, passed, PASS_SECONDS);

  const names = [...new Set(chosen.map(({ document }) => document.name))];
  const inOtherHands = await context.ledger.take(context.address, batch, names);
  await putBack(
    context,
    chosen.filter(({ document }) => inOtherHands.has(document.name)),
    context.limits.heldSeconds,
  );

  const mine = chosen.filter(({ document }) => !inOtherHands.has(document.name));
  const foreign = messages.filter((message) => !held.some((one) => one.message === message));
  return {
    documents: eachNameOnce(mine.map(({ document }) => document)),
    drop: async () => {
      for (const { id } of foreign) context.log({ event: "message.foreign", ...context.address, messageId: id });
      const done = [...mine.map(({ message }) => message), ...foreign];
      await pMap(done, (message) => context.queue.drop(message), { concurrency: CONCURRENCY });
    },
  };
}

/** Puts documents back on the queue, as new messages: copies, so that a crash in between leaves two and not none. */
export async function requeue(
  context: BatchContext,
  documents: readonly DocumentMessage[],
  delaySeconds: number,
): Promise<void> {
  await pMap(documents, (document) => context.queue.send(writeDocumentMessage(document), delaySeconds), {
    concurrency: CONCURRENCY,
  });
}

/** Which of the documents in hand make this batch, and which go back to fill a job with others. */
export function choose<T extends { document: DocumentMessage }>(
  held: readonly T[],
  view: { documentsPerJob: number; othersHold: boolean; maxWaitSeconds: number },
): { now: T[]; later: T[] } {
  const suspects = held.filter(({ document }) => document.tries >= FEW_FROM_TRIES);
  if (suspects.length > 0) {
    const worst = suspects.find(({ document }) => document.tries >= ALONE_FROM_TRIES);
    const now =
      worst === undefined
        ? suspects.slice(0, FEW_DOCUMENTS)
        : held.filter(({ document }) => document.name === worst.document.name);
    return { now, later: held.filter((one) => !now.includes(one)) };
  }
  const left = held.length % view.documentsPerJob;
  const competing = held.length > left || view.othersHold;
  if (left === 0 || !competing || view.maxWaitSeconds === 0) return { now: [...held], later: [] };
  const later = held.filter(({ document }) => document.passes < MOST_PASSES).slice(-left);
  return { now: held.filter((one) => !later.includes(one)), later };
}

async function putBack(context: BatchContext, held: readonly Held[], delaySeconds: number): Promise<void> {
  await requeue(
    context,
    held.map(({ document }) => document),
    delaySeconds,
  );
  await pMap(held, ({ message }) => context.queue.drop(message), { concurrency: CONCURRENCY });
}

function eachNameOnce(documents: readonly DocumentMessage[]): DocumentMessage[] {
  const byName = new Map<string, DocumentMessage>();
  for (const document of documents) {
    const known = byName.get(document.name);
    if (known === undefined || document.reason === "redrive") byName.set(document.name, document);
  }
  return [...byName.values()];
}
