import { randomBytes } from "node:crypto";
import type { ContainerClient } from "@azure/storage-blob";
import { z } from "zod";
import { REQUEUE_STATUSES, type requeueAnswerSchema, type requeuesAnswerSchema } from "../api/document-schemas.ts";
import { RequestRefused } from "../api/route.ts";
import { quote } from "../common/problems.ts";
import { workNames } from "../lane/store/names.ts";
import { UNMATCHED_PIPELINE } from "../results/record.ts";
import type { Pipeline } from "../settings/pipeline.ts";
import { deleteBlob } from "../storage/blobs.ts";
import { type Versioned, VersionedJson } from "../storage/versioned-json.ts";
import type { IntakeContext } from "./accept-document.ts";
import { type RequeueState, requeuePage, requeueStateSchema } from "./requeue-page.ts";

const runSchema = z.object({
  id: z.string(),
  status: z.enum(REQUEUE_STATUSES),
  /** What was asked for, as it was asked. */
  request: z.record(z.string(), z.unknown()),
  state: requeueStateSchema,
  /** ISO 8601. */
  startedAt: z.string(),
  updatedAt: z.string(),
});

/** A redrive or backfill, kept in a blob: it can be looked at, cancelled, and gone on with after anything died. */
export type RequeueRun = z.output<typeof runSchema>;

/** What instances are called, so that no other orchestration is told of under their address. */
const REQUEUE_PREFIX = "requeue-";
const ID = /^requeue-[a-z0-9-]{1,60}$/;

/** Later ids come first in a listing. */
const END_OF_TIME = 9_999_999_999_999;

function runBlob(work: ContainerClient, id: string): VersionedJson<RequeueRun | undefined> {
  return new VersionedJson(work, workNames.requeue(id), runSchema.optional(), () => undefined);
}

/**
 * Begins a redrive or backfill; nothing is done yet.
 * @param wanted what it is about, from `request`, which says it as it was asked
 * @throws RequestRefused for a pipeline that is not configured
 */
export async function createRun(
  context: IntakeContext,
  wanted: Pick<RequeueState, "kind"> & Partial<RequeueState>,
  request: object,
): Promise<RequeueRun> {
  checkPipeline(context, wanted);
  const now = context.now();
  const id = `${REQUEUE_PREFIX}${END_OF_TIME - now}-${randomBytes(4).toString("hex")}`;
  const at = new Date(now).toISOString();
  const state = requeueStateSchema.parse(wanted);
  const run: RequeueRun = { id, status: "running", request: { ...request }, state, startedAt: at, updatedAt: at };
  await runBlob(context.containers.work, id).write({ value: undefined }, run);
  return run;
}

function checkPipeline({ pipelines }: IntakeContext, { kind, pipeline }: Partial<RequeueState>): void {
  const known = pipelines.map(({ name }) => name);
  if (kind === "redrive") known.push(UNMATCHED_PIPELINE);
  if (pipeline === undefined || known.includes(pipeline)) return;
  const message = `There is no pipeline ${quote(pipeline)}; known are: ${known.join(", ")}`;
  const hint = "Correct the parameter pipeline, or leave it out for all of them.";
  throw new RequestRefused(404, { code: "UnknownPipeline", message, hint });
}

/**
 * One page of it, and what came of that written down. A page whose end was not written is gone through again, which queues
 * nothing that would be analysed twice.
 */
export async function stepRun(context: IntakeContext, id: string): Promise<{ run: RequeueRun; opened: Pipeline[] }> {
  const { work } = context.containers;
  const read = await readRun(work, id);
  if (read.value.status !== "running") return { run: read.value, opened: [] };
  const { state, opened } = await requeuePage(context, read.value.state);
  const run = await changeRun(context, id, (before) => ({
    ...before,
    state,
    status: before.status === "running" && state.done ? "done" : before.status,
  }));
  return { run, opened };
}

/** Goes on for a while: what is over by then need not be watched. @returns the pipelines whose lanes must be open now */
export async function stepRunFor(
  context: IntakeContext,
  id: string,
  milliseconds: number,
): Promise<{ run: RequeueRun; opened: Pipeline[] }> {
  const until = context.now() + milliseconds;
  const opened = new Set<Pipeline>();
  for (;;) {
    const step = await stepRun(context, id);
    for (const pipeline of step.opened) opened.add(pipeline);
    if (step.run.status !== "running" || context.now() >= until) return { run: step.run, opened: [...opened] };
  }
}

/** Ends it after the page in hand; what is on the queues stays there. @throws RequestRefused when there is none, or it is over */
export async function cancelRun(context: IntakeContext, id: string): Promise<RequeueRun> {
  return changeRun(context, id, (run) => {
    if (run.status === "done") throw overAlready(run);
    return { ...run, status: "cancelled" };
  });
}

/** Lets one go on where it stands that was cancelled or failed. @throws RequestRefused when there is none, or it is over */
export async function resumeRun(context: IntakeContext, id: string): Promise<RequeueRun> {
  return changeRun(context, id, (run) => {
    if (run.status === "done") throw overAlready(run);
    return { ...run, status: "running" };
  });
}

/** Nobody works on it any more. */
export async function failRun(context: IntakeContext, id: string): Promise<RequeueRun> {
  return changeRun(context, id, (run) => (run.status === "running" ? { ...run, status: "failed" } : run));
}

async function changeRun(
  context: IntakeContext,
  id: string,
  change: (run: RequeueRun) => RequeueRun,
): Promise<RequeueRun> {
  let changed: RequeueRun | undefined;
  await runBlob(context.containers.work, checkId(id)).update((run) => {
    if (run === undefined) throw unknownRequeue(id);
    changed = { ...change(run), updatedAt: new Date(context.now()).toISOString() };
    return changed;
  });
  if (changed === undefined) throw unknownRequeue(id);
  return changed;
}

/** @throws RequestRefused when there is none */
export async function readRun(work: ContainerClient, id: string): Promise<Versioned<RequeueRun>> {
  const { value, etag } = await runBlob(work, checkId(id)).read();
  if (value === undefined) throw unknownRequeue(id);
  return { value, etag };
}

function checkId(id: string): string {
  if (!ID.test(id)) throw unknownRequeue(id);
  return id;
}

/** The latest runs first, a page of them. */
export async function listRuns(
  work: ContainerClient,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<{ runs: RequeueRun[]; cursor: string | undefined }> {
  const pages = work
    .listBlobsFlat({ prefix: workNames.requeues })
    .byPage({ maxPageSize: Math.max(1, limit), ...(cursor === undefined ? {} : { continuationToken: cursor }) });
  const { value } = await pages.next();
  const ids = (value?.segment.blobItems ?? []).map(({ name }: { name: string }) =>
    name.slice(workNames.requeues.length, -".json".length),
  );
  const runs = await Promise.all(ids.slice(0, limit).map((id: string) => runBlob(work, id).read()));
  return { runs: runs.flatMap(({ value: run }) => run ?? []), cursor: value?.continuationToken || undefined };
}

/** Forgets runs that nobody changed for long. @param before milliseconds since 1970 */
export async function removeRuns(work: ContainerClient, before: number): Promise<void> {
  for await (const { name, properties } of work.listBlobsFlat({ prefix: workNames.requeues })) {
    if (properties.lastModified.getTime() < before) await deleteBlob(work, name, properties.etag);
  }
}

function overAlready({ id }: RequeueRun): RequestRefused {
  const message = `${id} is done already`;
  return new RequestRefused(409, { code: "OverAlready", message, hint: "GET /api/requeues/{id} shows what it did." });
}

/** A backfill or redrive that is asked about, and never was or is long over. */
function unknownRequeue(id: string): RequestRefused {
  const message = `There is no backfill or redrive ${quote(id)}`;
  const hint = "Their 202 answers give the address; what is over is forgotten after KEEP_FINISHED_DAYS.";
  return new RequestRefused(404, { code: "UnknownRequeue", message, hint });
}

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
