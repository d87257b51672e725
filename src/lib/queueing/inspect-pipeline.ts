import type { QueueServiceClient } from "@azure/storage-queue";
import type { ExpiryWatch } from "../expiry/expiry-watch.ts";
import { type LaneAddress, type LaneStatus, laneInstanceId } from "../lane/lane.ts";
import type { DocumentClaims } from "../lane/store/document-claims.ts";
import { type LaneView, listLanes } from "../lane/store/list-lanes.ts";
import { pipelineControl } from "../lane/store/pipeline-control.ts";
import type { Pipeline } from "../settings/pipeline.ts";
import { oldestSeconds } from "../storage/document-message.ts";
import { UnreadableBlobError } from "../storage/versioned-json.ts";
import type { IntakeContext } from "./accept-document.ts";

/**
 * A lane that should have gone on so long ago is lost: Durable Functions lost its timer or its message, and it would run
 * for ever without doing anything. With a sweep a minute it is noticed within five. Longer than a lane goes without
 * saying by when it goes on (`STEP_BUDGET_MS`), and than a lock of a process that died lasts.
 */
const OVERDUE_MS = 200_000;

export interface SweepContext extends IntakeContext {
  claims(pipeline: string): DocumentClaims;
  /** Documents in one page of a listing. */
  pageDocuments: number;
  queues: Pick<QueueServiceClient, "listQueues">;
  /** What nobody wrote for so long is removed with its pipeline. */
  keepFinishedDays: number;
  expiry: ExpiryWatch;
  /** Makes the containers and queues that are missing. */
  prepareStorage(): Promise<void>;
}

/** What the sweep found for one pipeline. */
export interface PipelineFindings {
  pipeline: Pipeline;
  waiting: number;
  /** How long the oldest of the documents at the heads of the queues has waited. */
  oldestSeconds: number;
  lanesRunning: number;
  /** Lanes that have a batch in hand. */
  inHand: number;
  blocked: number;
  /** Why one of them is. */
  blockedReason: LaneStatus["reason"];
  /** Lanes that have work and do not run. */
  toOpen: LaneAddress[];
  /** Lanes that run and have not gone on when they should. */
  overdue: OverdueLane[];
  /** Undefined when what lanes have claimed cannot be read: a lane that claims says why. */
  claims: DocumentClaims | undefined;
}

export interface OverdueLane extends LaneAddress {
  overdueSeconds: number;
}

/**
 * Looks at a pipeline: what waits, which lanes run, and which should.
 * @param statuses of the running lanes of all pipelines
 */
export async function inspectPipeline(
  context: SweepContext,
  statuses: ReadonlyMap<string, LaneStatus>,
  pipeline: Pipeline,
): Promise<PipelineFindings> {
  const [peeked, views, claimed] = await Promise.all([
    context.queue(pipeline.name).peek(),
    listLanes(context.containers.work, pipeline.name),
    readClaims(context, pipeline.name),
  ]);
  const busy = views.filter((view) => view.busy).map(({ lane }) => lane);
  const statesOf = (addresses: readonly LaneAddress[]) =>
    addresses.map((address) => statuses.get(laneInstanceId(address)));
  const holding = addressesOf(pipeline, new Set([...busy, ...(claimed?.keys() ?? [])]));
  const held = statesOf(holding);
  // What waits must not wait for a lane that cannot end its batch.
  const stuck = held.filter((status) => status !== undefined && isStuck(status)).length;
  // One lane opens the next for itself, as long as there is work and the service takes it.
  const lanesWanted = await lanesToWait(context, pipeline, peeked.total === 0 ? 0 : 1 + stuck);
  const free = addressesOf(pipeline, new Set(Array(lanesWanted).keys())).filter(
    ({ lane }) => !holding.some((one) => one.lane === lane),
  );
  const wanted = [...holding, ...free];
  // One that has nothing to do is lost as well, and would keep its place from the lane that is to open there.
  const idle = addressesOf(pipeline, runningLanes(statuses, pipeline)).filter(
    ({ lane }) => !wanted.some((one) => one.lane === lane),
  );
  const addresses = [...wanted, ...idle];
  const states = statesOf(addresses);
  const now = context.now();
  return {
    pipeline,
    waiting: peeked.total,
    oldestSeconds: Math.round(oldestSeconds(peeked.head, now) ?? 0),
    lanesRunning: states.filter((state) => state !== undefined).length,
    inHand: busy.length,
    blocked: states.filter((state) => state?.state === "blocked").length,
    blockedReason: states.find((state) => state?.state === "blocked")?.reason,
    toOpen: wanted.filter((_, index) => states[index] === undefined),
    overdue: addresses.flatMap((address, index) => {
      const view = views.find(({ lane }) => lane === address.lane);
      const overdueSeconds = secondsOverdue(states[index], view, now);
      return overdueSeconds === 0 ? [] : [{ ...address, overdueSeconds }];
    }),
    claims: claimed === undefined ? undefined : context.claims(pipeline.name),
  };
}

/**
 * By how much a running lane is overdue; 0 for one that is not. Its status says when its step was due, its file, while the
 * step is at work, by when it goes on: the later counts.
 * @param now milliseconds since 1970
 */
export function secondsOverdue(status: LaneStatus | undefined, view: LaneView | undefined, now: number): number {
  const times = [status?.nextPollAt, view?.nextPollAt].flatMap((time) =>
    time === undefined ? [] : [Date.parse(time)],
  );
  if (status?.nextPollAt === undefined) return 0;
  const overdue = now - Math.max(...times);
  return overdue > OVERDUE_MS ? Math.round(overdue / 1000) : 0;
}

/** How many lanes are to look after what waits: where somebody stopped the pipeline, lane 0 alone waits for the end of that. */
async function lanesToWait({ containers }: SweepContext, { name, lanes }: Pipeline, wanted: number): Promise<number> {
  if (wanted <= 1) return wanted;
  try {
    const { pause } = (await pipelineControl(containers.work, name).read()).value;
    return pause === undefined ? Math.min(lanes, wanted) : 1;
  } catch (error) {
    if (error instanceof UnreadableBlobError) return Math.min(lanes, wanted);
    throw error;
  }
}

/** What holds up nothing but the jobs that it has sent already, the settings of today may well be right for. */
function isStuck({ state, jobs }: LaneStatus): boolean {
  return state === "failing" || ((state === "blocked" || state === "retrying") && jobs?.prepared === 0);
}

/** The numbers of a pipeline's lanes that run, also of those that its `lanes` no longer allow. */
export function runningLanes(statuses: ReadonlyMap<string, LaneStatus>, { name }: Pipeline): Set<number> {
  const numbers = [...statuses.keys()].map((id) => Number(id.slice(id.lastIndexOf("-") + 1)));
  return new Set(numbers.filter((lane) => statuses.has(laneInstanceId({ pipeline: name, lane }))));
}

function addressesOf({ name }: Pipeline, lanes: ReadonlySet<number>): LaneAddress[] {
  return [...lanes].map((lane) => ({ pipeline: name, lane }));
}

async function readClaims(context: SweepContext, pipeline: string): Promise<Map<number, string> | undefined> {
  try {
    return await context.claims(pipeline).batches();
  } catch (error) {
    if (error instanceof UnreadableBlobError) return undefined;
    throw error;
  }
}
