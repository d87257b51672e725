import type { EventLog } from "../common/log.ts";
import { inSpan } from "../common/telemetry.ts";
import type { DocumentInfo } from "../documents/document.ts";
import { publishRecord } from "../results/publish-record.ts";
import { buildFailure, type TellEnd, UNMATCHED_PIPELINE } from "../results/record.ts";
import { matchPipelines, type Pipeline } from "../settings/pipeline.ts";
import { type Containers, isBlobName, isFolderMarker, readFacts } from "../storage/blobs.ts";
import type { DocumentMessage } from "../storage/document-message.ts";
import type { WorkQueue } from "../storage/work-queue.ts";
import { noteUnmatched } from "./unmatched-records.ts";

export interface IntakeContext {
  pipelines: readonly Pipeline[];
  containers: Containers;
  queue(pipeline: string): WorkQueue;
  log: EventLog;
  /** Absent: nobody wants to hear of documents that end. */
  tellEnd?: TellEnd | undefined;
  /** W3C traceparent of what asks. */
  trace?: string | undefined;
  now(): number;
}

/** A pipeline that is to analyse a document. */
export interface Wanted {
  pipeline: string;
  /** ETag of the record that it is to replace; absent: the document has none of its current version. */
  record?: string | undefined;
}

/**
 * Takes what an event of a blob says. A subscription that was made by hand may tell of other containers, the results
 * among them: that is nothing to be analysed.
 * @returns the pipelines whose lanes must be open now
 */
export async function receiveEvent(
  context: IntakeContext,
  blob: { container: string; name: string },
): Promise<Pipeline[]> {
  if (blob.container === context.containers.input.containerName)
    return await acceptDocument(context, blob.name, "event");
  context.log({ event: "intake.foreign", container: blob.container, document: blob.name });
  return [];
}

/**
 * Puts a document on the queue of each pipeline that wants it. A document that no pipeline wants gets a failure record,
 * not silence.
 * @param only the pipelines that are to analyse it, if they want it; absent: all
 * @returns the pipelines whose lanes must be open now
 * @throws BlobRefusedError when no pipeline wants it, and its failure record may not be written
 */
export async function acceptDocument(
  context: IntakeContext,
  name: string,
  reason: DocumentMessage["reason"],
  only?: readonly Wanted[],
): Promise<Pipeline[]> {
  const queuedAt = new Date(context.now()).toISOString();
  if (!isBlobName(name)) {
    await recordUnusableName(context, name, queuedAt);
    return [];
  }
  const matching = matchPipelines(context.pipelines, name);
  if (matching.length === 0) {
    await recordUnmatched(context, name, queuedAt);
    return [];
  }
  const wanted = matching.filter((each) => only === undefined || only.some(({ pipeline }) => pipeline === each.name));
  const recordOf = (name: string) => only?.find(({ pipeline }) => pipeline === name)?.record;
  const attributes = { document: name, reason, pipelines: wanted.map((pipeline) => pipeline.name) };
  await inSpan("document.accept", { parent: context.trace, kind: "producer", attributes }, async (traceparent) => {
    const message = { name, reason, queuedAt, passes: 0, tries: 0, traceparent };
    const add = (pipeline: string) => context.queue(pipeline).add({ ...message, record: recordOf(pipeline) });
    await Promise.all(wanted.map((pipeline) => add(pipeline.name)));
  });
  return wanted;
}

async function recordUnmatched(context: IntakeContext, name: string, failedAt: string): Promise<void> {
  const { input } = context.containers;
  const facts = await readFacts(input, name);
  if (facts !== undefined && isFolderMarker(name, facts)) return;
  await noteUnmatched(context.containers.work, context.pipelines);
  const patterns = context.pipelines.map(({ name: pipeline, match }) => `${pipeline} takes ${match}`).join(", ");
  const { etag = "", lastModified, bytes, contentType } = facts ?? {};
  const document = { container: input.containerName, name, etag, lastModified, bytes, contentType };
  await publishRoutingFailure(context, document, failedAt, {
    code: "NoPipeline",
    message: `No pipeline matches the name of this document (${patterns})`,
    hint: "Drop it under a name that a pipeline takes, or add a pipeline to pipelines.json and run a backfill.",
  });
}

/** Storage is not asked for such a document: the address would lead elsewhere. */
async function recordUnusableName(context: IntakeContext, name: string, failedAt: string): Promise<void> {
  const document = { container: context.containers.input.containerName, name, etag: "" };
  await publishRoutingFailure(context, document, failedAt, {
    code: "UnusableName",
    message: "No document of this name can be read: an address drops the segments . and .., and names have limits",
    hint: "Drop it under another name: at most 1,024 characters and 254 segments, none of them . or ..",
  });
}

async function publishRoutingFailure(
  { containers, log, tellEnd }: IntakeContext,
  document: DocumentInfo,
  failedAt: string,
  error: { code: string; message: string; hint: string },
): Promise<void> {
  const reason = { ...error, source: "routing" as const };
  const record = buildFailure({ pipeline: UNMATCHED_PIPELINE, document, error: reason, attempts: 0, failedAt });
  const outcome = await publishRecord(containers, record);
  await tellEnd?.(record, outcome);
  log({ event: "intake.unmatched", document: document.name });
}
