import type { ContainerClient } from "@azure/storage-blob";
import type { z } from "zod";
import type { requeueAnswerSchema, requeuesAnswerSchema } from "../api/requeue-schemas.ts";
import { listRuns, type RequeueRun } from "./requeue-run.ts";

type RequeueAnswer = z.output<typeof requeueAnswerSchema>;

/** What Durable Functions keeps of a run: small, and never a document's name. */
export type RequeueProgress = Pick<RequeueAnswer, "status" | "seen" | "matched" | "queued" | "refused">;

export function showProgress({ status, state }: RequeueRun): RequeueProgress {
  const { seen, matched, queued, refused } = state;
  return { status, seen, matched, queued, refused };
}

/** @param address of the request, for that of the run */
export function showRun(run: RequeueRun, address: string): RequeueAnswer {
  const { id, request, startedAt, updatedAt, state } = run;
  const { kind, dryRun } = state;
  const statusQueryGetUri = new URL(`/api/requeues/${id}`, address).href;
  return { id, kind, dryRun, request, ...showProgress(run), startedAt, updatedAt, statusQueryGetUri };
}

/** A page of runs, the latest first. */
export async function showRuns(
  work: ContainerClient,
  query: { limit: number; cursor?: string | undefined },
  address: string,
): Promise<z.output<typeof requeuesAnswerSchema>> {
  const { runs, cursor } = await listRuns(work, query);
  return {
    requeues: runs.map((run) => showRun(run, address)),
    ...(cursor === undefined ? {} : { nextCursor: cursor }),
  };
}
