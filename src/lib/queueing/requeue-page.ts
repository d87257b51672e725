import pMap from "p-map";
import { quote } from "../common/problems.ts";
import { RequestRefused } from "../common/request-refused.ts";
import { UNMATCHED_PIPELINE } from "../results/build-record.ts";
import type { Pipeline } from "../settings/pipeline.ts";
import { BlobRefusedError } from "../storage/errors.ts";
import { acceptDocument, type IntakeContext } from "./accept-document.ts";
import { listFailures, listMissing } from "./list-documents.ts";

/** Documents looked at in one step. */
const PAGE_SIZE = 1_000;
const CONCURRENCY = 32;

/**
 * How far the work on many documents has come that puts some of them on the queue again: `backfill` those that have no
 * record of their current version, `redrive` those that failed.
 */
export interface RequeueState {
  kind: "backfill" | "redrive";
  /** Absent: every pipeline. */
  pipeline?: string | undefined;
  /** Only documents whose name begins so. */
  prefix?: string | undefined;
  cursor?: string | undefined;
  seen: number;
  /** Documents put on the queue of one pipeline or more; one that no pipeline wants has its failure record instead. */
  queued: number;
  /** Documents passed over, because the storage service lets an earlier record of theirs not be replaced; absent: none. */
  refused?: number;
  done: boolean;
}

/** What a request asks for, before anything of it is done. @throws RequestRefused for a pipeline that is not configured */
export function firstState(
  kind: RequeueState["kind"],
  { pipeline, prefix }: Pick<RequeueState, "pipeline" | "prefix">,
  pipelines: readonly Pick<Pipeline, "name">[],
): RequeueState {
  const known = pipelines.map(({ name }) => name);
  if (kind === "redrive") known.push(UNMATCHED_PIPELINE);
  if (pipeline !== undefined && !known.includes(pipeline)) {
    const message = `There is no pipeline ${quote(pipeline)}; known are: ${known.join(", ")}`;
    const hint = "Correct the parameter pipeline, or leave it out for all of them.";
    throw new RequestRefused(404, { code: "UnknownPipeline", message, hint });
  }
  return { kind, pipeline, prefix, seen: 0, queued: 0, done: false };
}

/** A backfill or redrive that is asked about, and never was or is long over. */
export function unknownRequeue(id: string): RequestRefused {
  const message = `There is no backfill or redrive ${quote(id)}`;
  const hint = "Their 202 answers give the address; what is over is forgotten after KEEP_FINISHED_DAYS.";
  return new RequestRefused(404, { code: "UnknownRequeue", message, hint });
}

/**
 * One step of it.
 * @returns the state to go on with, and the pipelines whose lanes must be open now
 */
export async function requeuePage(
  context: IntakeContext,
  state: RequeueState,
): Promise<{ state: RequeueState; opened: Pipeline[] }> {
  const page = await readPage(context, state);
  const accepted = await pMap(page.documents, ({ name, only }) => accept(context, name, state.kind, only), {
    concurrency: CONCURRENCY,
  });
  const { cursor: _past, ...rest } = state;
  const refused = (state.refused ?? 0) + accepted.filter((pipelines) => pipelines === "refused").length;
  const queued = accepted.filter((pipelines) => pipelines !== "refused");
  return {
    state: {
      ...rest,
      ...(page.cursor === undefined ? {} : { cursor: page.cursor }),
      seen: state.seen + page.seen,
      queued: state.queued + queued.filter((pipelines) => pipelines.length > 0).length,
      ...(refused === 0 ? {} : { refused }),
      done: page.cursor === undefined,
    },
    opened: [...new Set(queued.flat())],
  };
}

/** A document whose records may not be changed must not end the work of hours. */
async function accept(
  context: IntakeContext,
  name: string,
  kind: RequeueState["kind"],
  only: readonly string[] | undefined,
): Promise<Pipeline[] | "refused"> {
  try {
    return await acceptDocument(context, name, kind, only);
  } catch (error) {
    if (!(error instanceof BlobRefusedError)) throw error;
    context.log({
      event: "record.refused",
      pipeline: only?.[0] ?? UNMATCHED_PIPELINE,
      document: name,
      message: error.message,
    });
    return "refused";
  }
}

interface Page {
  documents: { name: string; only: readonly string[] | undefined }[];
  seen: number;
  cursor: string | undefined;
}

async function readPage(context: IntakeContext, state: RequeueState): Promise<Page> {
  const { containers, pipelines } = context;
  const query = { prefix: state.prefix, cursor: state.cursor, pageSize: PAGE_SIZE };
  if (state.kind === "backfill") {
    const counts = (pipeline: string): boolean => state.pipeline === undefined || pipeline === state.pipeline;
    const { missing, ...page } = await listMissing(containers, pipelines, counts, query);
    const documents = missing.map(({ name, pipelines: only }) => ({ name, only }));
    return { ...page, documents };
  }
  const { failures, ...page } = await listFailures(containers, state.pipeline, query);
  const documents = failures.map(({ name, pipeline }) => ({
    name,
    only: pipeline === UNMATCHED_PIPELINE ? undefined : [pipeline],
  }));
  return { ...page, documents };
}
