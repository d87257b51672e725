import { z } from "zod";
import { workNames } from "../lane/store/names.ts";
import { UNMATCHED_PIPELINE } from "../results/record.ts";
import { readFileProgress } from "../rows/file-run.ts";
import { readFacts, readText, writeText } from "../storage/blobs.ts";
import { parseReadable } from "../storage/versioned-json.ts";
import { acceptDocument, type Wanted } from "./accept-document.ts";
import type { PipelineFindings, SweepContext } from "./inspect-pipeline.ts";
import { listMissing } from "./list-documents.ts";
import { removeOutdated, routingOf } from "./unmatched-records.ts";

/** A document younger than this may still have its event on the way: Event Grid delivers within seconds, seldom later. */
const GRACE_MS = 2 * 60_000;
/** Between two walks through the whole container. */
const REST_MS = 60_000;
/** Pages listed in one sweep: 100,000 documents with pages of 5,000, in a few seconds. */
const MOST_PAGES = 20;
/** Times of the storage service are whole seconds, and its clock is not ours. */
const OVERLAP_MS = 60_000;

/** Documents changed in this time are looked up, milliseconds since 1970. */
interface Window {
  /** What was looked through before is not looked up again; absent: nothing was. */
  after?: number | undefined;
  until: number;
  /** What the pipeline took then: when that changes, its documents are others. */
  match: string;
}

const windowSchema = z.object({ after: z.number().optional(), until: z.number(), match: z.string() });

const stateSchema = z.object({
  /** The walk that is under way, by pipeline. */
  windows: z.record(z.string(), windowSchema).optional(),
  cursor: z.string().optional(),
  /** Something could not be put on its queue in this walk. */
  failed: z.boolean().default(false),
  /** How far each pipeline's documents were looked through. */
  done: z.record(z.string(), z.object({ until: z.number(), match: z.string() })).default({}),
  restUntil: z.number().default(0),
});

type SearchState = z.output<typeof stateSchema>;

export interface MissedDocuments {
  /** How many documents each pipeline had missed. */
  missed: Map<string, number>;
  /** Why some could not be put on the queue, or got no record. */
  failures: unknown[];
}

/**
 * Puts on the queue what has ended nowhere although it is old enough: events get lost. The container is listed again and
 * again (one request for 5,000 names), but only what changed since the last walk is looked up, so that a document that is
 * done costs nothing more. Of a pipeline with waiting documents only those count that are older than all that waits, and
 * that no lane has: the others are most likely in the queue. So a lost event is found within five minutes in a container of
 * 100,000 documents, and a minute later for each 100,000 more. What cannot be put on its queue holds up nothing else, and
 * the next walk comes to it again.
 */
export async function findMissed(
  context: SweepContext,
  findings: readonly PipelineFindings[],
): Promise<MissedDocuments> {
  const { work } = context.containers;
  const found: MissedDocuments = { missed: new Map(), failures: [] };
  const state = await readState(work);
  if (state.windows === undefined && state.restUntil > context.now()) return found;
  const windows = state.windows ?? windowsOf(context, findings, state);
  let { cursor } = state;
  for (let page = 0; page < MOST_PAGES; page++) {
    const listed = await listMissing(
      context.containers,
      context.pipelines,
      (pipeline, { lastModified }) => isInside(windows[pipeline], lastModified),
      { pageSize: context.pageDocuments, cursor },
    );
    for (const document of listed.missing) {
      // What a lane has in hand may be an older version: the next walk begins with this one.
      for (const { pipeline } of await requeue(context, document, findings, found)) {
        const window = windows[pipeline];
        if (window !== undefined) window.until = Math.min(window.until, document.lastModified - 1);
      }
    }
    ({ cursor } = listed);
    if (cursor === undefined) break;
  }
  if (cursor === undefined) {
    await removeOutdated(context).catch((error: unknown) => void found.failures.push(error));
  }
  const failed = state.failed || found.failures.length > 0;
  const done = cursor === undefined && !failed ? { ...state.done, ...windows } : state.done;
  const next: SearchState =
    cursor === undefined
      ? { done, failed: false, restUntil: context.now() + REST_MS }
      : { done, failed, restUntil: 0, windows, cursor };
  await writeText(work, workNames.sweep, JSON.stringify(next));
  return found;
}

/** @returns where a lane has the document in hand */
async function requeue(
  context: SweepContext,
  { name, wanted }: { name: string; wanted: readonly Wanted[] },
  findings: readonly PipelineFindings[],
  { missed, failures }: MissedDocuments,
): Promise<Wanted[]> {
  const inHand: Wanted[] = [];
  try {
    for (const one of wanted) {
      const { pipeline } = one;
      const found = findings.find((one) => one.pipeline.name === pipeline);
      if ((await found?.claims?.holder(name)) !== undefined || (await hasPartInHand(context, found, name))) {
        inHand.push(one);
        continue;
      }
      await acceptDocument(context, name, "sweep", pipeline === UNMATCHED_PIPELINE ? undefined : [{ pipeline }]);
      if (pipeline !== UNMATCHED_PIPELINE) missed.set(pipeline, (missed.get(pipeline) ?? 0) + 1);
    }
  } catch (error) {
    failures.push(error);
  }
  return inHand;
}

/** A file of rows has no record before its last part has ended. */
async function hasPartInHand(
  { containers }: SweepContext,
  found: PipelineFindings | undefined,
  name: string,
): Promise<boolean> {
  if (found?.pipeline.rows === undefined || found.claims === undefined) return false;
  const etag = (await readFacts(containers.input, name))?.etag;
  const progress = await readFileProgress(containers.work, found.pipeline.name, { name, etag });
  return progress !== undefined && (await found.claims.held(progress.open)).size > 0;
}

function isInside(window: Window | undefined, lastModified: number): boolean {
  if (window === undefined || lastModified > window.until) return false;
  return window.after === undefined || lastModified > window.after - OVERLAP_MS;
}

/** What is to be looked up in a walk that begins now. A pipeline of which nothing can be said is left for another one. */
function windowsOf(
  context: SweepContext,
  findings: readonly PipelineFindings[],
  { done }: SearchState,
): Record<string, Window> {
  const now = context.now();
  const windows: Record<string, Window> = {};
  const add = (name: string, match: string, until: number): void => {
    const before = done[name];
    const after = before?.match === match ? before.until : undefined;
    windows[name] = { after, match, until: Math.max(until, after ?? 0) };
  };
  for (const { pipeline, claims, waiting, oldestSeconds } of findings) {
    if (claims === undefined) continue;
    add(pipeline.name, pipeline.match, now - GRACE_MS - (waiting === 0 ? 0 : oldestSeconds * 1000));
  }
  add(UNMATCHED_PIPELINE, routingOf(context.pipelines), now - GRACE_MS);
  return windows;
}

/** One that cannot be read is worth nothing more than a walk from the beginning. */
async function readState(work: SweepContext["containers"]["work"]): Promise<SearchState> {
  const blob = await readText(work, workNames.sweep);
  return parseReadable(blob?.text, stateSchema) ?? stateSchema.parse({});
}
