import type { InvocationContext } from "@azure/functions";
import * as df from "durable-functions";
import { LANE_ORCHESTRATION } from "../../lib/batches/lane-name.ts";
import type { LaneStatus } from "../../lib/batches/lane-step.ts";
import { type LaneHost, LaneOpener } from "../../lib/intake/lane-opener.ts";

/** States in which an instance still has something to do. */
export const RUNNING: readonly df.OrchestrationRuntimeStatus[] = [
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
export async function readStatus(
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
