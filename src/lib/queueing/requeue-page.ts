import pMap from "p-map";
import { z } from "zod";
import { UNMATCHED_PIPELINE } from "../results/record.ts";
import type { Pipeline } from "../settings/pipeline.ts";
import { BlobRefusedError } from "../storage/blobs.ts";
import { acceptDocument, type IntakeContext, type Wanted } from "./accept-document.ts";
import { listMissing } from "./list-documents.ts";
import { checkPartial, failureCursorSchema, type ListedFailure, listFailures } from "./list-failures.ts";

/** Documents looked at in one step. */
const PAGE_SIZE = 1_000;
const CONCURRENCY = 32;

const count = z.int().min(0);

/**
 * How far the work on many documents has come that puts some of them on the queue again: `backfill` those that have no
 * record of their current version, `redrive` those that failed or partially succeeded.
 */
export const requeueStateSchema = z.object({
  kind: z.enum(["backfill", "redrive"]),
  /** It only counts. */
  dryRun: z.boolean().default(false),
  /** Absent: every pipeline. */
  pipeline: z.string().optional(),
  /** Only documents whose name begins so. */
  prefix: z.string().optional(),
  /** Of a redrive: code of the error, the task that failed, when the failure was written (milliseconds since 1970). */
  code: z.string().optional(),
  task: z.string().optional(),
  from: z.number().optional(),
  to: z.number().optional(),
  /** Of a forced backfill: records that were written before this (milliseconds since 1970) are made anew. */
  outdatedBefore: z.number().optional(),
  /** Of a backfill. */
  cursor: z.string().optional(),
  /** Of a redrive. */
  failures: failureCursorSchema.optional(),
  seen: count.default(0),
  /** Documents that it is about. */
  matched: count.default(0),
  /** Documents put on the queue of one pipeline or more; one that no pipeline wants has its failure record instead. */
  queued: count.default(0),
  /** Documents passed over, because the storage service lets an earlier record of theirs not be replaced. */
  refused: count.default(0),
  done: z.boolean().default(false),
});

export type RequeueState = z.output<typeof requeueStateSchema>;

/**
 * One step of it. It may be taken twice: a message names the record that it is to replace, so that the second finds
 * nothing to do.
 * @returns the state to go on with, and the pipelines whose lanes must be open now
 */
export async function requeuePage(
  context: IntakeContext,
  state: RequeueState,
): Promise<{ state: RequeueState; opened: Pipeline[] }> {
  const { documents, seen, ...place } = await readPage(context, state);
  const accepted = state.dryRun
    ? []
    : await pMap(documents, (document) => accept(context, state.kind, document), { concurrency: CONCURRENCY });
  const queued = accepted.flatMap((pipelines) =>
    pipelines === "refused" || pipelines.length === 0 ? [] : [pipelines],
  );
  const { cursor: _past, failures: _before, ...rest } = state;
  return {
    state: {
      ...rest,
      ...place,
      seen: state.seen + seen,
      matched: state.matched + documents.length,
      queued: state.queued + queued.length,
      refused: state.refused + accepted.filter((pipelines) => pipelines === "refused").length,
      done: Object.values(place).every((next) => next === undefined),
    },
    opened: [...new Set(queued.flat())],
  };
}

interface Found {
  name: string;
  /** Absent: every pipeline that wants it. */
  only?: readonly Wanted[];
}

/** A document whose records may not be changed must not end the work of hours. */
async function accept(
  context: IntakeContext,
  kind: RequeueState["kind"],
  { name, only }: Found,
): Promise<Pipeline[] | "refused"> {
  try {
    return await acceptDocument(context, name, kind, only);
  } catch (error) {
    if (!(error instanceof BlobRefusedError)) throw error;
    const pipeline = only?.[0]?.pipeline ?? UNMATCHED_PIPELINE;
    context.log({ event: "record.refused", pipeline, document: name, message: error.message });
    return "refused";
  }
}

interface Page {
  documents: Found[];
  seen: number;
  /** Where the next begins; absent after the last. */
  cursor?: RequeueState["cursor"];
  failures?: RequeueState["failures"];
}

async function readPage(context: IntakeContext, state: RequeueState): Promise<Page> {
  const { containers, pipelines } = context;
  const { kind, pipeline, prefix, cursor, outdatedBefore } = state;
  if (kind === "backfill") {
    const counts = (each: string): boolean => pipeline === undefined || each === pipeline;
    const query = { prefix, cursor, pageSize: PAGE_SIZE, outdatedBefore };
    const page = await listMissing(containers, pipelines, counts, query);
    return {
      documents: page.missing.map(({ name, wanted: only }) => ({ name, only })),
      seen: page.seen,
      ...(page.cursor === undefined ? {} : { cursor: page.cursor }),
    };
  }
  const page = await listFailures(containers, state, { pageSize: PAGE_SIZE, cursor: state.failures });
  const found = await pMap(page.failures, (failure) => asWanted(context, failure), { concurrency: CONCURRENCY });
  return {
    documents: found.flatMap((each) => each ?? []),
    seen: page.seen,
    ...(page.cursor === undefined ? {} : { failures: page.cursor }),
  };
}

/** Undefined for a failure that is over. */
async function asWanted({ containers }: IntakeContext, failure: ListedFailure): Promise<Found | undefined> {
  const { source, pipeline, name, etag } = failure;
  if (pipeline === UNMATCHED_PIPELINE) return { name };
  const record = source === "failed" ? etag : await checkPartial(containers, failure);
  return record === undefined ? undefined : { name, only: [{ pipeline, record }] };
}
