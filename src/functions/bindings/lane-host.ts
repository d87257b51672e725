import type { InvocationContext } from "@azure/functions";
import * as df from "durable-functions";
import { describeError } from "../../lib/common/log.ts";
import { LANE_ORCHESTRATION, type LaneStatus } from "../../lib/lane/lane.ts";
import { type LaneControl, LaneOpener } from "../../lib/lane/lane-opener.ts";
import { isRunning, isSuspended, readRunning, readStatus, terminate } from "./instances.ts";
import { eventSink } from "./log-sink.ts";

/** Remembers for the whole process which lanes were open a moment ago. */
export const laneOpener = new LaneOpener();

/**
 * Makes sure that the first lane of each of these pipelines runs. Call it after the documents were put on their queues:
 * a lane that cannot be opened is told of and left to the sweep, for what has been done must not be done again.
 */
export async function openLanes(context: InvocationContext, pipelines: readonly { name: string }[]): Promise<void> {
  const log = eventSink(context);
  const open = async (pipeline: string): Promise<void> => {
    try {
      await laneOpener.open(laneHost(context), { pipeline, lane: 0 });
    } catch (error) {
      log({ event: "lane.unopened", pipeline, message: describeError(error) });
    }
  };
  await Promise.all(pipelines.map(({ name }) => open(name)));
}

/**
 * Durable Functions as the lanes need it, from the client bound to an invocation. The client is made when it is first
 * needed: that takes longer than all else that is done with most documents, whose lane was open a moment ago.
 */
export function laneHost(context: InvocationContext): LaneControl {
  let made: df.DurableClient | undefined;
  const client = (): df.DurableClient => {
    made ??= df.getClient(context);
    return made;
  };
  const runningStatus = async (instanceId: string): Promise<LaneStatus | undefined> => {
    const status = await readStatus(client(), instanceId);
    return status === undefined || !isRunning(status) ? undefined : shownBy(status);
  };
  return {
    runningStatus,
    runningStatuses: async () =>
      new Map((await readRunning(client())).map((status) => [status.instanceId, shownBy(status)])),
    async start(instanceId, step) {
      try {
        await client().startNew(LANE_ORCHESTRATION, { instanceId, input: step });
      } catch (error) {
        // Refused because somebody else opened it first is what was wanted; anything else is not.
        if ((await runningStatus(instanceId)) === undefined) throw error;
      }
    },
    terminate: (instanceId, reason) => terminate(client(), instanceId, reason),
  };
}

/** One whose first step was lost has said nothing, or not by when it goes on: it was due when it was last heard of. */
function shownBy(status: df.DurableOrchestrationStatus): LaneStatus {
  const starting: LaneStatus = { state: "starting", nextPollAt: new Date(status.lastUpdatedTime).toISOString() };
  const shown = { ...starting, ...(status.customStatus as LaneStatus | null) };
  return isSuspended(status) ? { ...shown, nextPollAt: undefined } : shown;
}
