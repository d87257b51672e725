import { setTimeout as sleep } from "node:timers/promises";
import type { InvocationContext } from "@azure/functions";
import * as df from "durable-functions";
import { describeError } from "../../lib/common/log.ts";
import { LANE_ORCHESTRATION, type LaneStatus } from "../../lib/lane/lane.ts";
import { type LaneControl, LaneOpener } from "../../lib/lane/lane-opener.ts";
import { projectInstanceId } from "../../lib/project/names.ts";
import { firstProjectStep, PROJECT_ORCHESTRATION, secondsOverdue } from "../../lib/project/step.ts";

import { eventSink } from "./log-sink.ts";

/** States in which an instance still has something to do. */
const RUNNING: readonly df.OrchestrationRuntimeStatus[] = [
  df.OrchestrationRuntimeStatus.Running,
  df.OrchestrationRuntimeStatus.Pending,
  df.OrchestrationRuntimeStatus.Suspended,
  df.OrchestrationRuntimeStatus.ContinuedAsNew,
];

const { Suspended } = df.OrchestrationRuntimeStatus;

/** How long an instance that is terminated may take to end, and how often it is looked at. */
const LONGEST_ENDING_MS = 15_000;
const ENDING_MS = 250;

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

/** Durable Functions as the lanes need it, from the client bound to an invocation. */
export function laneHost(context: InvocationContext): LaneControl {
  const client = df.getClient(context);
  const runningStatus = async (instanceId: string): Promise<LaneStatus | undefined> => {
    const status = await readStatus(client, instanceId);
    if (status === undefined || !RUNNING.includes(status.runtimeStatus)) return undefined;
    const { customStatus, createdTime, runtimeStatus } = status;
    const shown = (customStatus as LaneStatus | null) ?? { state: "starting", nextPollAt: createdTime.toISOString() };
    // Somebody suspended it: then it is not overdue, whatever the time.
    return runtimeStatus === Suspended ? { ...shown, nextPollAt: undefined } : shown;
  };
  return {
    runningStatus,
    async start(instanceId, step) {
      try {
        await client.startNew(LANE_ORCHESTRATION, { instanceId, input: step });
      } catch (error) {
        // Refused because somebody else opened it first is what was wanted; anything else is not.
        if ((await runningStatus(instanceId)) === undefined) throw error;
      }
    },
    terminate: (instanceId, reason) => terminate(client, instanceId, reason),
  };
}

/** Ends an instance, and waits until it has ended. */
async function terminate(client: df.DurableClient, instanceId: string, reason: string): Promise<void> {
  await client.terminate(instanceId, reason);
  for (let waited = 0; waited < LONGEST_ENDING_MS; waited += ENDING_MS) {
    const status = await readStatus(client, instanceId);
    if (status === undefined || !RUNNING.includes(status.runtimeStatus)) return;
    await sleep(ENDING_MS);
  }
  throw new Error(`The instance ${instanceId} was told to end and has not: ${reason}`);
}

/** The client throws for an instance that never was, with nothing but words; so the list of running ones decides. */
async function readStatus(
  client: df.DurableClient,
  instanceId: string,
): Promise<df.DurableOrchestrationStatus | undefined> {
  try {
    return await client.getStatus(instanceId);
  } catch {
    const running = await client.getStatusBy({ runtimeStatus: [...RUNNING] });
    return running.find((status) => status.instanceId === instanceId);
  }
}

/** What may be told of an instance to whoever may read; undefined when there is none. */
export async function describeInstance(
  context: InvocationContext,
  id: string,
): Promise<InstanceDescription | undefined> {
  const status = await readStatus(df.getClient(context), id);
  if (status === undefined) return undefined;
  const { runtimeStatus, createdTime, lastUpdatedTime, customStatus, output } = status;
  const isRunning = RUNNING.includes(runtimeStatus);
  const isCompleted = runtimeStatus === df.OrchestrationRuntimeStatus.Completed;
  const about = { id, isRunning, runtimeStatus, createdTime, lastUpdatedTime };
  return { ...about, ...Object(customStatus), ...(isCompleted ? { output } : {}) };
}

interface InstanceDescription {
  id: string;
  isRunning: boolean;
  runtimeStatus: df.OrchestrationRuntimeStatus;
}

/** A run may end between a refused start and the look at it; so often in a row something else is wrong. */
const MOST_STARTS = 3;

/** Makes sure that a project's orchestration runs. Call it after the command was written. */
export function startProject(context: InvocationContext, project: string): Promise<string> {
  return keepRunning(df.getClient(context), project);
}

/**
 * Makes sure that the orchestrations of these projects run; one that cannot be started keeps none of the others waiting.
 * @throws the first error, at the end
 */
export async function startProjects(context: InvocationContext, projects: readonly string[]): Promise<void> {
  const outcomes = await Promise.allSettled(projects.map((project) => startProject(context, project)));
  const failed = outcomes.find(({ status }) => status === "rejected");
  if (failed?.status === "rejected") throw failed.reason;
}

/** @returns the id of the instance, started or found running */
export async function keepRunning(client: df.DurableClient, project: string): Promise<string> {
  const instanceId = projectInstanceId(project);
  for (let starts = 1; ; starts++) {
    try {
      await client.startNew(PROJECT_ORCHESTRATION, { instanceId, input: firstProjectStep(project) });
      return instanceId;
    } catch (error) {
      // Refused because it runs already is what was wanted; anything else is not.
      const status = await readStatus(client, instanceId);
      if (status !== undefined && RUNNING.includes(status.runtimeStatus)) {
        const overdue = status.runtimeStatus === Suspended ? 0 : secondsOverdue(status, Date.now());
        if (overdue === 0) return instanceId;
        await terminate(client, instanceId, `It should have gone on ${overdue} s ago; a new one takes over`);
      }
      if (starts === MOST_STARTS) throw error;
    }
  }
}
