import pMap from "p-map";
import { acceptDocument, type IntakeContext } from "../intake/accept-document.ts";
import { UNMATCHED_PIPELINE } from "../results/build-failure.ts";
import type { Pipeline } from "../settings/pipeline.ts";
import { walkFailures } from "./walk-failures.ts";
import { walkInput } from "./walk-input.ts";

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
  const accepted = await pMap(
    page.documents,
    ({ name, pipeline }) => acceptDocument(context, name, state.kind, pipeline),
    { concurrency: CONCURRENCY },
  );
  const { cursor: _walked, ...rest } = state;
  return {
    state: {
      ...rest,
      ...(page.cursor === undefined ? {} : { cursor: page.cursor }),
      seen: state.seen + page.seen,
      queued: state.queued + accepted.filter((pipelines) => pipelines.length > 0).length,
      done: page.cursor === undefined,
    },
    opened: [...new Set(accepted.flat())],
  };
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
