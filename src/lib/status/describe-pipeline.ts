import { type LaneAddress, type LaneStatus, laneInstanceId } from "../lane/lane.ts";
import type { LaneHost } from "../lane/lane-opener.ts";
import { batchProgress, countJobs } from "../lane/store/batch-progress.ts";
import { type LaneTotals, type LaneView, NO_TOTALS, readLanes } from "../lane/store/lane-file.ts";
import { inspectPipeline, type SweepContext, secondsOverdue } from "../queueing/inspect-pipeline.ts";
import { listRemoved } from "../queueing/removed-pipelines.ts";
import type { Pipeline } from "../settings/pipeline.ts";
import { UnreadableBlobError } from "../storage/versioned-json.ts";

interface LaneDescription {
  lane: number;
  running: boolean;
  /** Present for a lane that has not gone on when it should: the sweep restarts it. */
  overdueSeconds?: number;
  status?: LaneStatus | undefined;
  batch?:
    | { id: string; claimedAt: string; documents: number; jobs: { prepared: number; open: number; done: number } }
    | undefined;
}

export interface PipelineDescription {
  name: string;
  /** True for one that pipelines.json has no longer. */
  removed?: boolean;
  match: string;
  tasks: string[];
  waiting: number;
  oldestWaitingSeconds: number;
  lanes: LaneDescription[];
  /** Why lanes are blocked, each reason once. */
  blocked: NonNullable<LaneStatus["reason"]>[];
  totals: LaneTotals;
}

/** Where every pipeline stands, those among them that were removed while documents of theirs waited or were in hand. */
export async function describePipelines(context: SweepContext, host: LaneHost): Promise<PipelineDescription[]> {
  const describe = (pipelines: readonly Pipeline[]) =>
    Promise.all(pipelines.map((pipeline) => describePipeline(context, host, pipeline)));
  const configured = await describe(context.pipelines);
  const removed = (await describe(await listRemoved(context))).filter(
    ({ waiting, lanes }) => waiting > 0 || lanes.some(({ batch }) => batch !== undefined),
  );
  return [...configured, ...removed.map((each) => ({ ...each, removed: true, blocked: [REMOVED] }))];
}

const REMOVED = {
  code: "PipelineNotConfigured",
  message: "pipelines.json has no pipeline of this name any more, and documents of it wait or are in hand",
  hint: "Put the pipeline back to finish them; or empty its queue, and backfill what took its place.",
};

/** Where a pipeline stands: what waits, what each lane does, what is blocked and why, and what was done so far. */
export async function describePipeline(
  context: SweepContext,
  host: LaneHost,
  pipeline: Pipeline,
): Promise<PipelineDescription> {
  const [findings, views] = await Promise.all([
    inspectPipeline(context, host, pipeline),
    readLanes(context.containers.work, pipeline.name),
  ]);
  const numbers = [...new Set([...views.map(({ lane }) => lane), 0])].sort((one, other) => one - other);
  const lanes = await Promise.all(
    numbers.map((lane) => {
      const view = views.find((one) => one.lane === lane);
      return describeLane(context, host, { pipeline: pipeline.name, lane }, view);
    }),
  );
  const reasons = lanes.flatMap(({ status }) => (status?.state === "blocked" && status.reason ? [status.reason] : []));
  return {
    name: pipeline.name,
    match: pipeline.match,
    tasks: pipeline.tasks.map(({ name }) => name),
    waiting: findings.waiting,
    oldestWaitingSeconds: findings.oldestSeconds,
    lanes,
    blocked: [...new Map(reasons.map((reason) => [`${reason.code} ${reason.message}`, reason])).values()],
    totals: views.map(({ totals }) => totals).reduce(add, NO_TOTALS),
  };
}

async function describeLane(
  { containers: { work }, now }: SweepContext,
  host: LaneHost,
  address: LaneAddress,
  view: LaneView | undefined,
): Promise<LaneDescription> {
  const status = await host.runningStatus(laneInstanceId(address));
  const overdueSeconds = secondsOverdue(status, view, now());
  const description: LaneDescription = {
    lane: address.lane,
    running: status !== undefined,
    status,
    ...(overdueSeconds === 0 ? {} : { overdueSeconds }),
  };
  if (view?.batch === undefined) return description;
  const { batch } = view;
  const progress = await batchProgress(work, batch)
    .read()
    .catch((error: unknown) => {
      // What cannot be read is in the reason of the lane's status.
      if (error instanceof UnreadableBlobError) return undefined;
      throw error;
    });
  if (progress === undefined) return description;
  return {
    ...description,
    batch: {
      id: batch.id,
      claimedAt: batch.claimedAt,
      documents: batch.unread?.length ?? batch.documents.length,
      jobs: countJobs(progress.value),
    },
  };
}

function add(one: LaneTotals, other: LaneTotals): LaneTotals {
  const keys = Object.keys(NO_TOTALS) as (keyof LaneTotals)[];
  return Object.fromEntries(keys.map((key) => [key, one[key] + other[key]])) as LaneTotals;
}
