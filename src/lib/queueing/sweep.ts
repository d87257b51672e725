import { z } from "zod";
import { type LaneAddress, type LaneStatus, laneInstanceId } from "../lane/lane.ts";
import type { Containers } from "../lane/lane-context.ts";
import type { LaneHost, LaneOpener } from "../lane/lane-opener.ts";
import type { DocumentClaims } from "../lane/store/document-claims.ts";
import { readLanes } from "../lane/store/lane-file.ts";
import { workNames } from "../lane/store/names.ts";
import { removeOrphans } from "../lane/store/orphans.ts";
import type { Pipeline } from "../settings/pipeline.ts";
import { readText, writeText } from "../storage/blobs.ts";
import { oldestSeconds } from "../storage/document-queue.ts";
import { describeError } from "../storage/errors.ts";
import { UnreadableBlobError } from "../storage/versioned-json.ts";
import { acceptDocument, type IntakeContext } from "./accept-document.ts";
import { listMissing } from "./list-documents.ts";

/** A document younger than this may still have its event on the way (Event Grid delivers late at times). */
const GRACE_MS = 5 * 60_000;
/** Between two walks through the whole container. */
const REST_MS = 15 * 60_000;

/** Once an hour, in this minute, work blobs are removed that no lane has; a minute that is missed is caught up in the next hour. */
const ORPHANS_MINUTE = 30;
/** A run that stored them may still be at work: no step lasts so long. */
const ORPHAN_AGE_MS = 60 * 60_000;

export interface SweepContext extends IntakeContext {
  claims(pipeline: string): DocumentClaims;
  /** Documents that one lane can take at once. */
  documentsPerBatch(pipeline: Pipeline): number;
  pageDocuments: number;
  /** Makes the containers and queues that are missing. */
  prepareStorage(): Promise<void>;
}

/** What the sweep found for one pipeline. */
export interface PipelineFindings {
  pipeline: Pipeline;
  waiting: number;
  oldestSeconds: number;
  lanesRunning: number;
  blocked: number;
  /** Lanes that have work and do not run. */
  toOpen: LaneAddress[];
  /** No work waits and none is in hand. */
  idle: boolean;
}

/** Looks at a pipeline: what waits, which lanes run, and which should. */
export async function inspectPipeline(
  context: SweepContext,
  host: LaneHost,
  pipeline: Pipeline,
): Promise<PipelineFindings> {
  const [look, lanes, inHand] = await Promise.all([
    context.queue(pipeline.name).peek(),
    readLanes(context.containers.work, pipeline.name),
    readClaims(context, pipeline.name),
  ]);
  const busy = lanes.filter((lane) => lane.busy).map(({ lane }) => lane);
  const statesOf = (addresses: readonly LaneAddress[]) =>
    Promise.all(addresses.map((address) => host.runningStatus(laneInstanceId(address))));
  const holding = addressesOf(pipeline, new Set([...busy, ...(inHand?.keys() ?? [])]));
  const held = await statesOf(holding);
  // What waits must not wait for a lane that cannot end its batch.
  const stuck = held.filter((status) => status !== undefined && isStuck(status)).length;
  const wanted = Math.ceil(look.total / context.documentsPerBatch(pipeline));
  const lanesWanted = wanted === 0 ? 0 : Math.min(pipeline.lanes, wanted + stuck);
  const free = addressesOf(pipeline, new Set(Array(lanesWanted).keys())).filter(
    ({ lane }) => !holding.some((one) => one.lane === lane),
  );
  const addresses = [...holding, ...free];
  const states = [...held, ...(await statesOf(free))];
  return {
    pipeline,
    waiting: look.total,
    oldestSeconds: Math.round(oldestSeconds(look.head, context.now()) ?? 0),
    lanesRunning: states.filter((state) => state !== undefined).length,
    blocked: states.filter((state) => state?.state === "blocked").length,
    toOpen: addresses.filter((_, index) => states[index] === undefined),
    idle: look.total === 0 && busy.length === 0 && inHand?.size === 0,
  };
}

/** What holds up nothing but the jobs that it has sent already, the settings of today may well be right for. */
function isStuck({ state, jobs }: LaneStatus): boolean {
  return state === "failing" || ((state === "blocked" || state === "retrying") && jobs?.prepared === 0);
}

function addressesOf({ name }: Pipeline, lanes: ReadonlySet<number>): LaneAddress[] {
  return [...lanes].map((lane) => ({ pipeline: name, lane }));
}

/** Undefined when the claims cannot be read: a lane that claims says why. */
async function readClaims(context: SweepContext, pipeline: string): Promise<Map<number, string> | undefined> {
  try {
    return await context.claims(pipeline).batches();
  } catch (error) {
    if (error instanceof UnreadableBlobError) return undefined;
    throw error;
  }
}

export interface MissedDocuments {
  /** How many documents each pipeline had missed. */
  missed: Map<Pipeline, number>;
  /** Why some could not be put on the queue, or got no record. */
  failures: unknown[];
}

const cursorSchema = z.object({ cursor: z.string().optional(), restUntil: z.number().default(0) });

/**
 * Walks the next part of the input container and puts on the queue what has ended nowhere: events get lost. Only idle
 * pipelines count, because with work waiting a document without a record is most likely in the queue. A fixed number
 * of documents a call, with a rest after each walk, so that it costs the same however much is already done. Documents
 * that cannot be put there hold up no others: the next walk comes to them again.
 */
export async function findMissed(context: SweepContext, idle: ReadonlySet<string>): Promise<MissedDocuments> {
  const { work } = context.containers;
  const found: MissedDocuments = { missed: new Map(), failures: [] };
  const state = await readCursor(work);
  if (idle.size === 0 || state.restUntil > context.now()) return found;
  const page = await listMissing(context.containers, context.pipelines, ({ name }) => idle.has(name), {
    pageSize: context.pageDocuments,
    cursor: state.cursor,
    before: context.now() - GRACE_MS,
  });
  for (const name of page.missing) {
    try {
      for (const pipeline of await acceptDocument(context, name, "sweep")) {
        found.missed.set(pipeline, (found.missed.get(pipeline) ?? 0) + 1);
      }
    } catch (error) {
      found.failures.push(error);
    }
  }
  const next = page.cursor === undefined ? { restUntil: context.now() + REST_MS } : { cursor: page.cursor };
  await writeText(work, workNames.sweep, JSON.stringify(next));
  return found;
}

/** Where the walk is. One that cannot be read is worth nothing more than a walk from the beginning. */
async function readCursor(work: Containers["work"]): Promise<z.output<typeof cursorSchema>> {
  const blob = await readText(work, workNames.sweep);
  try {
    return cursorSchema.parse(JSON.parse(blob?.text ?? "{}"));
  } catch {
    return cursorSchema.parse({});
  }
}

/**
 * Looks at every pipeline, opens the lanes that should run, finds missed documents and reports. Trouble with one
 * pipeline, or with the search, stops none of the rest.
 * @throws Error at the end, when something failed, naming what
 */
export async function runSweep(context: SweepContext, host: LaneHost, opener: LaneOpener): Promise<void> {
  const failures: string[] = [];
  const fail = (what: string, error: unknown): void => {
    failures.push(`${what}: ${describeError(error)}`);
  };
  const attempt = async <Result>(what: string, work: () => Promise<Result>): Promise<Result | undefined> => {
    try {
      return await work();
    } catch (error) {
      fail(what, error);
      return undefined;
    }
  };

  await attempt("the containers and queues", () => context.prepareStorage());
  const looks = context.pipelines.map((pipeline) =>
    attempt(`pipeline "${pipeline.name}"`, async () => {
      const findings = await inspectPipeline(context, host, pipeline);
      for (const address of findings.toOpen) await opener.open(host, address);
      return findings;
    }),
  );
  const findings = (await Promise.all(looks)).filter((one): one is PipelineFindings => one !== undefined);
  const idle = new Set(findings.filter((finding) => finding.idle).map(({ pipeline }) => pipeline.name));
  const search = "the search for missed documents";
  const { missed, failures: passedOver = [] } = (await attempt(search, () => findMissed(context, idle))) ?? {};
  if (new Date(context.now()).getUTCMinutes() === ORPHANS_MINUTE) {
    const { work } = context.containers;
    await attempt("the work blobs that no lane has", () => removeOrphans(work, context.now() - ORPHAN_AGE_MS));
  }
  const [first, ...others] = passedOver;
  if (first !== undefined) fail(others.length === 0 ? search : `${search} (${passedOver.length} of them)`, first);
  for (const { pipeline, toOpen: _toOpen, idle: _idle, ...report } of findings) {
    const found = missed?.get(pipeline) ?? 0;
    if (found > 0) {
      await attempt(`pipeline "${pipeline.name}"`, () => opener.open(host, { pipeline: pipeline.name, lane: 0 }));
    }
    context.log({ event: "sweep.report", pipeline: pipeline.name, ...report, missed: found });
  }
  if (failures.length > 0) throw new Error(`The sweep could not look after everything. ${failures.join("; ")}`);
}
