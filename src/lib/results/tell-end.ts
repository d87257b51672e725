import type { ContainerClient } from "@azure/storage-blob";
import { recordName } from "../documents/document.ts";
import type { MessageQueue } from "../storage/message-queue.ts";
import type { TellEnd } from "./record.ts";

/** The message of a document that has ended; names and counts, never what the record says. */
interface EndMessage {
  pipeline: string;
  document: string;
  /** The version of the document. */
  etag: string;
  status: "succeeded" | "partiallySucceeded" | "failed";
  /** `<container>/<blob name>` of the record. */
  record: string;
  /** ISO 8601. */
  at: string;
}

/**
 * Puts a message on a queue for each document that has ended, at least once: it is sent after the record was written and
 * before that is written down, so that a crash in between sends it again. A record that a better one has superseded is not told.
 */
export function tellOnQueue(
  queue: MessageQueue,
  containers: { results: ContainerClient; failed: ContainerClient },
): TellEnd {
  return async (record, outcome) => {
    if (outcome === "superseded") return;
    const { pipeline, document, status } = record;
    const isFailure = record.status === "failed";
    const { containerName } = isFailure ? containers.failed : containers.results;
    const message: EndMessage = {
      pipeline,
      document: document.name,
      etag: document.etag,
      status,
      record: `${containerName}/${recordName(pipeline, document.name)}`,
      at: String(isFailure ? record.failedAt : record.completedAt),
    };
    await queue.send(JSON.stringify(message));
  };
}
