import { recordName } from "../documents/record-name.ts";
import { UNMATCHED_PIPELINE } from "../results/build-failure.ts";
import { findRecord } from "../results/find-record.ts";
import { matchPipelines } from "../settings/match-pipelines.ts";
import { readFacts } from "../storage/blobs.ts";
import type { SweepContext } from "../sweep/sweep.ts";

export interface DocumentPlace {
  pipeline: string;
  /**
   * succeeded, failed: the current version ended in `record`; running: a lane has it in hand; waiting: it is on the
   * queue, or its event is on the way; outdated: a record of an older version stands until the current one has ended;
   * deleted: the document is gone and has no record.
   */
  state: "succeeded" | "failed" | "running" | "waiting" | "outdated" | "deleted";
  /** The lane that has it. */
  lane?: number;
  /** `<container>/<blob name>` of the record. */
  record?: string;
}

export interface DocumentDescription {
  name: string;
  /** Absent when there is no such document now. */
  etag?: string;
  places: DocumentPlace[];
}

/** Where a document stands in each pipeline that wants it. */
export async function describeDocument(context: SweepContext, name: string): Promise<DocumentDescription> {
  const { containers, pipelines } = context;
  const facts = await readFacts(containers.input, name);
  const matching = matchPipelines(pipelines, name).map((pipeline) => pipeline.name);
  const wanted = matching.length === 0 ? [UNMATCHED_PIPELINE] : matching;
  const places = await Promise.all(wanted.map((pipeline) => describePlace(context, pipeline, name, facts?.etag)));
  return { name, ...(facts === undefined ? {} : { etag: facts.etag }), places };
}

async function describePlace(
  context: SweepContext,
  pipeline: string,
  name: string,
  etag: string | undefined,
): Promise<DocumentPlace> {
  const { results, failed } = context.containers;
  const record = await findRecord(context.containers, pipeline, name);
  const place =
    record === undefined
      ? {}
      : { record: `${(record.kind === "result" ? results : failed).containerName}/${recordName(pipeline, name)}` };
  if (record !== undefined && (etag === undefined || record.etag === etag)) {
    return { pipeline, state: record.kind === "result" ? "succeeded" : "failed", ...place };
  }
  const lane = pipeline === UNMATCHED_PIPELINE ? undefined : await context.ledger(pipeline).holder(name);
  if (lane !== undefined) return { pipeline, state: "running", lane, ...place };
  if (etag === undefined) return { pipeline, state: "deleted" };
  return { pipeline, state: record === undefined ? "waiting" : "outdated", ...place };
}
