import { recordSpan } from "../common/telemetry.ts";
import type { DocumentMessage } from "../storage/document-message.ts";
import type { LaneContext } from "./lane-context.ts";
import type { LaneSession } from "./lane-session.ts";
import type { BatchJob } from "./store/batch-progress.ts";

/** By name of the document, the trace that its intake began: kept with the batch until it is over. */
export function tracesOf(documents: readonly DocumentMessage[]): { traces?: Record<string, string> } {
  const traces = documents.flatMap(({ name, traceparent }) =>
    traceparent === undefined ? [] : [[name, traceparent] as const],
  );
  return traces.length === 0 ? {} : { traces: Object.fromEntries(traces) };
}

/** The traces of the documents that a job holds. */
export function tracesOfJob({ batch }: LaneSession, { chunks }: BatchJob): (string | undefined)[] {
  const numbers = new Set(chunks.map((chunk) => Number.parseInt(chunk, 10)));
  return [...numbers].map((number) => batch.traces?.[batch.documents[number]?.info.name ?? ""]);
}

/** Tells of the time that documents waited on the queue, each in its own trace. */
export function traceWaiting(
  { address, now }: LaneContext,
  documents: readonly DocumentMessage[],
  batch: string,
): void {
  const until = now();
  for (const { name, traceparent: parent, queuedAt, reason } of documents) {
    if (parent === undefined) continue;
    const attributes = { document: name, pipeline: address.pipeline, lane: address.lane, batch, reason };
    recordSpan("document.wait", { parent, kind: "consumer", attributes }, { from: Date.parse(queuedAt), until });
  }
}

/** Tells of the time that the service had the document, from the first of its jobs sent to now. */
export function traceAnalysis(session: LaneSession, document: string, jobs: readonly BatchJob[]): void {
  const parent = session.batch.traces?.[document];
  const sent = jobs.flatMap(({ ticket }) => (ticket === undefined ? [] : [Date.parse(ticket.submittedAt)]));
  if (parent === undefined || sent.length === 0) return;
  const attributes = {
    document,
    pipeline: session.context.address.pipeline,
    batch: session.batch.id,
    jobs: jobs.flatMap(({ ticket }) => ticket?.jobId ?? []),
    polls: jobs.reduce((sum, { requests }) => sum + requests, 0),
  };
  recordSpan(
    "document.analyse",
    { parent, kind: "client", attributes },
    { from: Math.min(...sent), until: session.context.now() },
  );
}

/** Tells that the record of a document was written: the end of its trace. @param from milliseconds since 1970 */
export function traceRecord(
  session: LaneSession,
  document: string,
  { outcome, code, from }: { outcome: string; code?: string; from: number },
): void {
  const parent = session.file.batch?.traces?.[document];
  if (parent === undefined) return;
  const { address, now } = session.context;
  const attributes = { document, pipeline: address.pipeline, outcome, ...(code === undefined ? {} : { code }) };
  recordSpan("document.publish", { parent, attributes }, { from, until: now() });
}
