import { z } from "zod";
import { readCursor, writeCursor } from "../api/common-schemas.ts";
import type { PipelineDescription, PipelineState, pipelinesAnswerSchema } from "../api/pipeline-schemas.ts";
import { unknownCursor } from "../api/route.ts";
import { type LaneStatus, laneInstanceId } from "../lane/lane.ts";
import type { LaneStatuses } from "../lane/lane-opener.ts";
import { type LaneTotals, NO_TOTALS } from "../lane/store/lane-file.ts";
import { type LaneView, listLanes } from "../lane/store/list-lanes.ts";
import { type Pause, type PipelineControl, pipelineControl } from "../lane/store/pipeline-control.ts";
import { runningLanes, type SweepContext, secondsOverdue } from "../queueing/inspect-pipeline.ts";
import { listRemoved } from "../queueing/removed-pipelines.ts";
import type { Pipeline } from "../settings/pipeline.ts";
import { oldestSeconds } from "../storage/document-message.ts";
import { UnreadableBlobError } from "../storage/versioned-json.ts";
import { moneyOf, PRICE_CLASSES, type PriceClass, type Prices } from "../usage/prices.ts";
import { describeResources, expectedEnd, paceOf, seriesOf } from "./describe-resources.ts";

/** What an overview is made of beside storage. */
export interface StatusContext extends SweepContext {
  prices: Prices;
  /** Calls that one Language resource takes in a minute. */
  callsPerMinute: number;
  /** The Language resources that share the work of a pipeline. */
  endpoints(pipeline: Pipeline): readonly string[];
  /** Where a pipeline says nothing else. */
  maxTextRecordsPerDay: number;
}

type LaneDescription = PipelineDescription["lanes"][number];

/**
 * Where a pipeline stands. It takes at most six reads of storage, whatever waits and however many lanes there are: the
 * length of each of its queues, the head of one that is not empty, one listing of its lanes' files, and what it sent today.
 */
export async function describePipeline(
  context: StatusContext,
  statuses: ReadonlyMap<string, LaneStatus>,
  pipeline: Pipeline,
): Promise<Omit<PipelineDescription, "warnings">> {
  const { work } = context.containers;
  const now = context.now();
  const [peeked, views, control, resources] = await Promise.all([
    context.queue(pipeline.name).peek(),
    listLanes(work, pipeline.name),
    readControl(context, pipeline.name),
    describeResources({ work, now }, pipeline, context.endpoints(pipeline)),
  ]);
  // Lanes that run and have no file yet are among those that the settings allow.
  const running = [...runningLanes(statuses, pipeline)].filter((lane) => lane < pipeline.lanes);
  const numbers = [...new Set([0, ...views.map(({ lane }) => lane), ...running])];
  const lanes = numbers
    .sort((one, other) => one - other)
    .map((lane) => describeLane({ lane, now }, statuses.get(laneInstanceId({ pipeline: pipeline.name, lane })), views));
  const series = seriesOf(
    views.flatMap(({ minutes }) => minutes),
    now,
  );
  const documentsPerMinute = paceOf(series.documents, now);
  const inHand = views.reduce((sum, { batch }) => sum + (batch?.documents ?? 0), 0);
  const { pause } = control;
  const end = pause === undefined ? expectedEnd(peeked.total + inHand, documentsPerMinute, now) : undefined;
  const blocked = lanes.flatMap(({ status }) => (status?.state === "blocked" && status.reason ? [status.reason] : []));
  return {
    name: pipeline.name,
    match: pipeline.match,
    tasks: pipeline.tasks.map(({ name }) => name),
    state: stateOf(lanes, pause, { waiting: peeked.total, inHand }),
    waiting: peeked.total,
    oldestWaitingSeconds: Math.round(oldestSeconds(peeked.head, now) ?? 0),
    inHand,
    documentsPerMinute,
    ...(end === undefined ? {} : { expectedEnd: end }),
    series,
    totals: views.map(({ totals }) => totals).reduce(add, NO_TOTALS),
    cost: costOf(context, views),
    quota: quotaOf(context, pipeline, { control, callsPerMinute: paceOf(series.calls, now) }),
    ...(pause === undefined ? {} : { paused: pause }),
    ...(resources.length === 0 ? {} : { resources }),
    lanes,
    blocked: [...new Map(blocked.map((reason) => [`${reason.code} ${reason.message}`, reason])).values()],
  };
}

/** What cannot be read is in the reason of the lane that needs it. */
async function readControl({ containers }: StatusContext, pipeline: string): Promise<PipelineControl> {
  try {
    return (await pipelineControl(containers.work, pipeline).read()).value;
  } catch (error) {
    if (error instanceof UnreadableBlobError) return { day: "", textRecords: 0 };
    throw error;
  }
}

function describeLane(
  { lane, now }: { lane: number; now: number },
  status: LaneStatus | undefined,
  views: readonly LaneView[],
): LaneDescription {
  const view = views.find((one) => one.lane === lane);
  const overdueSeconds = secondsOverdue(status, view, now);
  return {
    lane,
    running: status !== undefined,
    ...(status === undefined ? {} : { status }),
    ...(overdueSeconds === 0 ? {} : { overdueSeconds }),
    ...(view?.batch === undefined ? {} : { batch: view.batch }),
  };
}

/** States of lanes that make the pipeline's, worst first. */
const WORST: readonly LaneStatus["state"][] = ["failing", "blocked", "retrying", "throttled"];

function stateOf(
  lanes: readonly LaneDescription[],
  pause: Pause | undefined,
  { waiting, inHand }: { waiting: number; inHand: number },
): PipelineState {
  if (lanes.some(({ overdueSeconds }) => overdueSeconds !== undefined)) return "overdue";
  const worst = WORST.find((state) => lanes.some(({ status }) => status?.state === state));
  if (worst === "failing" || worst === "blocked") return worst;
  if (pause !== undefined) return pause.mode === "pause" ? "paused" : inHand > 0 ? "draining" : "drained";
  if (worst === "retrying" || worst === "throttled") return worst;
  return waiting + inHand > 0 ? "running" : "idle";
}

function costOf({ prices, now }: StatusContext, views: readonly LaneView[]): PipelineDescription["cost"] {
  const today = new Date(now()).toISOString().slice(0, 10);
  const all = sumRecords(views.map(({ billed }) => billed));
  const ofToday = sumRecords(views.flatMap(({ day }) => (day?.day === today ? [day.textRecords] : [])));
  const cost = (records: Records) => ({
    textRecords: PRICE_CLASSES.reduce((sum, each) => sum + (records[each] ?? 0), 0),
    money: moneyOf(records, prices),
  });
  return { ...cost(all), today: cost(ofToday) };
}

type Records = Partial<Record<PriceClass, number>>;

function sumRecords(several: readonly Records[]): Records {
  const entries = PRICE_CLASSES.map((each) => [each, several.reduce((sum, records) => sum + (records[each] ?? 0), 0)]);
  return Object.fromEntries(entries) as Records;
}

function quotaOf(
  context: StatusContext,
  pipeline: Pipeline,
  { control, callsPerMinute }: { control: PipelineControl; callsPerMinute: number },
): PipelineDescription["quota"] {
  const today = new Date(context.now()).toISOString().slice(0, 10);
  const limitPerMinute = context.callsPerMinute * context.endpoints(pipeline).length;
  const textRecordsPerDay = pipeline.maxTextRecordsPerDay ?? context.maxTextRecordsPerDay;
  const textRecordsToday = control.day === today ? control.textRecords : 0;
  return {
    callsPerMinute,
    limitPerMinute,
    share: shareOf(callsPerMinute, limitPerMinute),
    textRecordsToday,
    textRecordsPerDay,
    shareOfDay: shareOf(textRecordsToday, textRecordsPerDay),
  };
}

function shareOf(part: number, whole: number): number {
  return Math.round((part / whole) * 10_000) / 10_000;
}

function add(one: LaneTotals, other: LaneTotals): LaneTotals {
  const keys = Object.keys(NO_TOTALS) as (keyof LaneTotals)[];
  return Object.fromEntries(keys.map((key) => [key, one[key] + other[key]])) as LaneTotals;
}

const afterSchema = z.object({ after: z.string() });

/**
 * Where the pipelines stand, those among them that were removed while documents of theirs waited or were in hand. Beside
 * what each takes, it takes two listings of storage, one request to Durable Functions and, once a minute, one small blob.
 * @throws RequestRefused for a cursor that is none
 */
export async function describePipelines(
  context: StatusContext,
  lanes: LaneStatuses,
  { limit, cursor }: { limit: number; cursor?: string | undefined } = { limit: 100 },
): Promise<z.output<typeof pipelinesAnswerSchema>> {
  const after = cursor === undefined ? undefined : (readCursor(afterSchema, cursor)?.after ?? unknownCursor());
  const [statuses, removed, { warnings }] = await Promise.all([
    lanes.runningStatuses(),
    listRemoved(context),
    context.expiry.view(),
  ]);
  const all = [...context.pipelines, ...removed];
  const first = after === undefined ? 0 : all.findIndex(({ name }) => name === after) + 1;
  const page = all.slice(first, first + limit);
  const described = await Promise.all(
    page.map(async (pipeline) => ({
      ...(await describePipeline(context, statuses, pipeline)),
      warnings: warnings.get(pipeline.name) ?? [],
    })),
  );
  const last = page.at(-1);
  return {
    at: new Date(context.now()).toISOString(),
    pipelines: described.flatMap((each, index) =>
      first + index < context.pipelines.length ? [each] : asRemoved(each),
    ),
    ...(last === undefined || first + limit >= all.length ? {} : { nextCursor: writeCursor({ after: last.name }) }),
  };
}

/** One that has neither documents nor anything in hand any more is no longer spoken of. */
function asRemoved(pipeline: PipelineDescription): PipelineDescription[] {
  const { waiting, inHand } = pipeline;
  return waiting + inHand === 0 ? [] : [{ ...pipeline, removed: true, state: "removed", blocked: [REMOVED] }];
}

const REMOVED = {
  code: "PipelineNotConfigured",
  message: "pipelines.json has no pipeline of this name any more, and documents of it wait or are in hand",
  hint: "Put the pipeline back to finish them; or empty its two queues, and backfill what took its place.",
};
