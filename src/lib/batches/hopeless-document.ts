import { readFacts } from "../storage/blobs.ts";
import type { BatchContext } from "./batch-context.ts";
import type { DocumentMessage } from "./document-message.ts";
import { publishFailure } from "./publish-failure.ts";

/** A document whose reading never ended so often becomes a failure record. */
const MOST_TRIES = 5;

/** True for a document that has killed its reader too often to be read again. */
export function isHopeless({ tries }: DocumentMessage): boolean {
  return tries >= MOST_TRIES;
}

/** Writes the failure record of such a document. */
export async function publishHopeless(context: BatchContext, document: DocumentMessage): Promise<void> {
  const { input } = context.containers;
  const facts = await readFacts(input, document.name);
  const info = {
    container: input.containerName,
    name: document.name,
    etag: facts?.etag ?? "",
    ...(facts === undefined ? {} : { lastModified: facts.lastModified, bytes: facts.bytes }),
  };
  await publishFailure(context, info, {
    code: "DocumentStopsReader",
    message: `The process that reads documents died ${MOST_TRIES} times while it read this one`,
    hint: "Look at the document: it may be damaged or far larger than its text. Repair it and drop it again, or redrive it.",
    source: "reader",
    attempts: MOST_TRIES,
    failedAt: new Date(context.now()).toISOString(),
    again: document.reason === "redrive",
  });
}
