import type { EventLog } from "../common/log.ts";
import { recordName } from "../documents/document.ts";
import type { Containers } from "../lane/lane-context.ts";
import { buildFailure, UNMATCHED_PIPELINE } from "../results/build-record.ts";
import { publishRecord } from "../results/publish-record.ts";
import { matchPipelines } from "../settings/match-pipelines.ts";
import type { Pipeline } from "../settings/pipeline.ts";
import { deleteBlob, readFacts } from "../storage/blobs.ts";
import { type DocumentMessage, type WorkQueue, writeDocumentMessage } from "../storage/document-queue.ts";
import { BlobRefusedError } from "../storage/errors.ts";

export interface IntakeContext {
  pipelines: readonly Pipeline[];
  containers: Containers;
  queue(pipeline: string): WorkQueue;
  log: EventLog;
  now(): number;
}

/**
 * Puts a document on the queue of each pipeline that wants it. A document that no pipeline wants gets a failure record,
 * not silence.
 * @param only the one pipeline that is to analyse it, if it wants it
 * @returns the pipelines whose lanes must be open now
 * @throws BlobRefusedError when no pipeline wants it, and its failure record may not be written
 */
export async function acceptDocument(
  context: IntakeContext,
  name: string,
  reason: DocumentMessage["reason"],
  only?: string,
): Promise<Pipeline[]> {
  const matching = matchPipelines(context.pipelines, name);
  const queuedAt = new Date(context.now()).toISOString();
  if (matching.length === 0) {
    await recordUnmatched(context, name, queuedAt);
    return [];
  }
  const wanted = matching.filter((pipeline) => only === undefined || pipeline.name === only);
  const text = writeDocumentMessage({ name, reason, queuedAt, passes: 0, tries: 0 });
  await Promise.all(wanted.map((pipeline) => context.queue(pipeline.name).send(text)));
  await removeUnmatched(context, name);
  return wanted;
}

/**
 * An earlier drop may have found no pipeline; its record must not stand beside what comes now. Where the storage service
 * insists on it, it stays, and the document goes its way all the same.
 */
async function removeUnmatched({ containers, log }: IntakeContext, name: string): Promise<void> {
  try {
    await deleteBlob(containers.failed, recordName(UNMATCHED_PIPELINE, name));
  } catch (error) {
    if (!(error instanceof BlobRefusedError)) throw error;
    log({ event: "record.refused", pipeline: UNMATCHED_PIPELINE, document: name, message: error.message });
  }
}

async function recordUnmatched(context: IntakeContext, name: string, failedAt: string): Promise<void> {
  const { containers, pipelines, log } = context;
  const facts = await readFacts(containers.input, name);
  const patterns = pipelines.map(({ name: pipeline, match }) => `${pipeline} takes ${match}`).join(", ");
  const document = {
    container: containers.input.containerName,
    name,
    etag: facts?.etag ?? "",
    ...(facts === undefined
      ? {}
      : {
          lastModified: facts.lastModified,
          bytes: facts.bytes,
          ...(facts.contentType === undefined ? {} : { contentType: facts.contentType }),
        }),
  };
  const error = {
    code: "NoPipeline",
    message: `No pipeline matches the name of this document (${patterns})`,
    hint: "Drop it under a name that a pipeline takes, or add a pipeline to pipelines.json and run a backfill.",
    source: "routing" as const,
  };
  await publishRecord(
    containers,
    buildFailure({ pipeline: UNMATCHED_PIPELINE, document, error, attempts: 0, failedAt }),
  );
  log({ event: "intake.unmatched", document: name });
}
