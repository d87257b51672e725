import { describeError } from "../common/log.ts";
import { type LaneStatus, laneInstanceId } from "../lane/lane.ts";
import type { LaneControl, LaneOpener } from "../lane/lane-opener.ts";
import { removeOrphans } from "../lane/store/list-lanes.ts";
import type { Pipeline } from "../settings/pipeline.ts";
import { findMissed } from "./find-missed.ts";
import { inspectPipeline, type OverdueLane, type PipelineFindings, type SweepContext } from "./inspect-pipeline.ts";
import { removeLeftovers } from "./removed-pipelines.ts";
import { removeRuns } from "./requeue-run.ts";

/** Once an hour, in this minute, work blobs are removed that no lane has; a minute that is missed is caught up in the next hour. */
const ORPHANS_MINUTE = 30;
/** A run that stored them may still be at work: no step lasts so long. */
const ORPHAN_AGE_MS = 60 * 60_000;
const DAY_MS = 24 * 60 * 60_000;

/**
 * Looks at every pipeline, opens the lanes that should run, restarts those that are lost, finds missed documents and
 * reports. Trouble with one pipeline, or with the search, stops none of the rest.
 * @throws Error at the end, when something failed, naming what
 */
export async function runSweep(context: SweepContext, host: LaneControl, opener: LaneOpener): Promise<void> {
  const failures: string[] = [];
  const fail = (what: string, error: unknown): void => void failures.push(`${what}: ${describeError(error)}`);
  const attempt = async <Result>(what: string, work: () => Promise<Result>): Promise<Result | undefined> => {
    try {
      return await work();
    } catch (error) {
      fail(what, error);
      return undefined;
    }
  };

  await attempt("the containers and queues", () => context.prepareStorage());
  const statuses = await attempt("the running lanes", () => host.runningStatuses());
  const inspections =
    statuses === undefined
      ? []
      : context.pipelines.map((pipeline) =>
          attempt(`pipeline "${pipeline.name}"`, () => lookAfter(context, pipeline, { host, opener, statuses })),
        );
  const findings = (await Promise.all(inspections)).filter((one): one is PipelineFindings => one !== undefined);
  const search = "the search for missed documents";
  const { missed, failures: passedOver = [] } = (await attempt(search, () => findMissed(context, findings))) ?? {};
  if (new Date(context.now()).getUTCMinutes() === ORPHANS_MINUTE) {
    const { work } = context.containers;
    await attempt("the work blobs that no lane has", () => removeOrphans(work, context.now() - ORPHAN_AGE_MS));
    const before = context.now() - context.keepFinishedDays * DAY_MS;
    await attempt("what removed pipelines left", () => removeLeftovers(context, before));
    await attempt("redrives and backfills of long ago", () => removeRuns(work, before));
  }
  const [first, ...others] = passedOver;
  if (first !== undefined) fail(others.length === 0 ? search : `${search} (${passedOver.length} of them)`, first);
  for (const { pipeline, waiting, oldestSeconds, lanesRunning, inHand, blocked, overdue } of findings) {
    const found = missed?.get(pipeline.name) ?? 0;
    if (found > 0) {
      await attempt(`pipeline "${pipeline.name}"`, () => opener.open(host, { pipeline: pipeline.name, lane: 0 }));
    }
    const report = { waiting, oldestSeconds, lanesRunning, inHand, blocked, restarted: overdue.length, missed: found };
    context.log({ event: "sweep.report", pipeline: pipeline.name, ...report });
  }
  await attempt("what expires", () => watchExpiry(context, findings));
  if (failures.length > 0) throw new Error(`The sweep could not look after everything. ${failures.join("; ")}`);
}

async function watchExpiry({ expiry, log }: SweepContext, findings: readonly PipelineFindings[]): Promise<void> {
  const refused = findings.flatMap(({ pipeline, blockedReason }) =>
    blockedReason === undefined ? [] : [[pipeline.name, blockedReason] as const],
  );
  await expiry.refresh(new Map(refused), log);
}

async function lookAfter(
  context: SweepContext,
  pipeline: Pipeline,
  { host, opener, statuses }: { host: LaneControl; opener: LaneOpener; statuses: ReadonlyMap<string, LaneStatus> },
): Promise<PipelineFindings> {
  const findings = await inspectPipeline(context, statuses, pipeline);
  for (const lane of findings.overdue) await restart(context, lane, { host, opener });
  for (const address of findings.toOpen) await opener.open(host, address);
  return findings;
}

/** What a lost lane has in hand is adopted by the one that is opened in its place. */
async function restart(
  { log }: SweepContext,
  { overdueSeconds, ...address }: OverdueLane,
  { host, opener }: { host: LaneControl; opener: LaneOpener },
): Promise<void> {
  await host.terminate(laneInstanceId(address), `It should have gone on ${overdueSeconds} s ago; a new one takes over`);
  await opener.open(host, address);
  log({ event: "lane.restarted", ...address, overdueSeconds });
}
