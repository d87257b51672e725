import pMap from "p-map";
import { UNMATCHED_PIPELINE } from "../results/build-record.ts";
import type { Pipeline } from "../settings/pipeline.ts";
import { BlobRefusedError } from "../storage/errors.ts";
import { acceptDocument, type IntakeContext } from "./accept-document.ts";
import { walkFailures, walkInput } from "./list-documents.ts";

/** Documents looked at in one step. */
const PAGE_SIZE = 1_000;
const CONCURRENCY = 32;

/**
 * A walk through many documents that puts some of them on the queue again: `backfill` those that have no record of
 * their current version, `redrive` those that failed.
 */
export interface WalkState {
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

/**
 * One step of a walk.
 * @returns the state to go on with, and the pipelines whose lanes must be open now
 */
export async function walkPage(
  context: IntakeContext,
  state: WalkState,
): Promise<{ state: WalkState; opened: Pipeline[] }> {
  const page = await readPage(context, state);
  const accepted = await pMap(page.documents, ({ name, pipeline }) => accept(context, name, state.kind, pipeline), {
    concurrency: CONCURRENCY,
  });
  const { cursor: _walked, ...rest } = state;
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

/** A document whose records may not be changed must not end a walk of hours. */
async function accept(
  context: IntakeContext,
  name: string,
  kind: WalkState["kind"],
  only: string | undefined,
): Promise<Pipeline[] | "refused"> {
  try {
    return await acceptDocument(context, name, kind, only);
  } catch (error) {
    if (!(error instanceof BlobRefusedError)) throw error;
    context.log({
      event: "record.refused",
      pipeline: only ?? UNMATCHED_PIPELINE,
      document: name,
      message: error.message,
    });
    return "refused";
  }
}

interface Page {
  documents: { name: string; pipeline: string | undefined }[];
  seen: number;
  cursor: string | undefined;
}

async function readPage(context: IntakeContext, state: WalkState): Promise<Page> {
  const { containers, pipelines } = context;
  const query = { prefix: state.prefix, cursor: state.cursor, pageSize: PAGE_SIZE };
  if (state.kind === "backfill") {
    const counts = ({ name }: Pipeline): boolean => state.pipeline === undefined || name === state.pipeline;
    const { missing, ...page } = await walkInput(containers, pipelines, counts, query);
    return { ...page, documents: missing.map((name) => ({ name, pipeline: state.pipeline })) };
  }
  const { failures, ...page } = await walkFailures(containers, state.pipeline, query);
  const documents = failures.map(({ name, pipeline }) => ({
    name,
    pipeline: pipeline === UNMATCHED_PIPELINE ? undefined : pipeline,
  }));
  return { ...page, documents };
}
