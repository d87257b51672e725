import type { InvocationContext } from "@azure/functions";
import * as df from "durable-functions";
import { LANE_ORCHESTRATION, type LaneStatus } from "../../lib/lane/lane.ts";
import { type LaneHost, LaneOpener } from "../../lib/lane/lane-opener.ts";
import { authorInstanceId } from "../../lib/project/names.ts";
import { AUTHOR_ORCHESTRATION, firstAuthorStep } from "../../lib/project/step.ts";

/** States in which an instance still has something to do. */
const RUNNING: readonly df.OrchestrationRuntimeStatus[] = [
  df.OrchestrationRuntimeStatus.Running,
  df.OrchestrationRuntimeStatus.Pending,
  df.OrchestrationRuntimeStatus.Suspended,
  df.OrchestrationRuntimeStatus.ContinuedAsNew,
];

/** Remembers for the whole process which lanes were open a moment ago. */
export const laneOpener = new LaneOpener();

/** Durable Functions as the lanes need it, from the client bound to an invocation. */
export function laneHost(context: InvocationContext): LaneHost {
  const client = df.getClient(context);
  const runningStatus = async (instanceId: string): Promise<LaneStatus | undefined> => {
    const status = await readStatus(client, instanceId);
    if (status === undefined || !RUNNING.includes(status.runtimeStatus)) return undefined;
    return (status.customStatus as LaneStatus | null) ?? { state: "starting" };
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
  };
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

/** A run may end between a refused start and the look at it; so often in a row something else is wrong. */
const MOST_STARTS = 3;

/** Makes sure that a project's orchestration runs. Call it after the request was written. */
export function startAuthor(context: InvocationContext, project: string): Promise<string> {
  return keepRunning(df.getClient(context), project);
}

/** @returns the id of the instance, started or found running */
export async function keepRunning(client: df.DurableClient, project: string): Promise<string> {
  const instanceId = authorInstanceId(project);
  for (let starts = 1; ; starts++) {
    try {
      await client.startNew(AUTHOR_ORCHESTRATION, { instanceId, input: firstAuthorStep(project) });
      return instanceId;
    } catch (error) {
      // Refused because it runs already is what was wanted; anything else is not.
      const status = await readStatus(client, instanceId);
      if (status !== undefined && RUNNING.includes(status.runtimeStatus)) return instanceId;
      if (starts === MOST_STARTS) throw error;
    }
  }
}
