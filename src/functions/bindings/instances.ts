import { setTimeout as sleep } from "node:timers/promises";
import type { InvocationContext } from "@azure/functions";
import * as df from "durable-functions";

/** States in which an instance still has something to do. */
const RUNNING: readonly df.OrchestrationRuntimeStatus[] = [
  df.OrchestrationRuntimeStatus.Running,
  df.OrchestrationRuntimeStatus.Pending,
  df.OrchestrationRuntimeStatus.Suspended,
  df.OrchestrationRuntimeStatus.ContinuedAsNew,
];

/** True for an instance that still has something to do, or waits for somebody to resume it. */
export function isRunning({ runtimeStatus }: df.DurableOrchestrationStatus): boolean {
  return RUNNING.includes(runtimeStatus);
}

/** True for one that somebody suspended: it is not overdue, whatever the time. */
export function isSuspended({ runtimeStatus }: df.DurableOrchestrationStatus): boolean {
  return runtimeStatus === df.OrchestrationRuntimeStatus.Suspended;
}

/** The client throws for an instance that never was, with nothing but words; so the list of running ones decides. */
export async function readStatus(
  client: df.DurableClient,
  instanceId: string,
): Promise<df.DurableOrchestrationStatus | undefined> {
  try {
    return await client.getStatus(instanceId);
  } catch {
    return (await readRunning(client)).find((status) => status.instanceId === instanceId);
  }
}

/** All that still have something to do, in one request; there are never many, for lanes reuse their ids. */
export async function readRunning(client: df.DurableClient): Promise<df.DurableOrchestrationStatus[]> {
  return await client.getStatusBy({ runtimeStatus: [...RUNNING] });
}

/** Starts an instance, unless one of that id runs. */
export async function startOnce(
  context: InvocationContext,
  orchestration: string,
  instanceId: string,
  input: unknown,
): Promise<void> {
  const client = df.getClient(context);
  try {
    await client.startNew(orchestration, { instanceId, input });
  } catch (error) {
    const status = await readStatus(client, instanceId);
    if (status === undefined || !isRunning(status)) throw error;
  }
}

/** How long an instance that is terminated may take to end, and how often it is looked at. */
const LONGEST_ENDING_MS = 15_000;
const ENDING_MS = 250;

/** Ends an instance, and waits until it has ended. */
export async function terminate(client: df.DurableClient, instanceId: string, reason: string): Promise<void> {
  await client.terminate(instanceId, reason);
  for (let waited = 0; waited < LONGEST_ENDING_MS; waited += ENDING_MS) {
    const status = await readStatus(client, instanceId);
    if (status === undefined || !isRunning(status)) return;
    await sleep(ENDING_MS);
  }
  throw new Error(`The instance ${instanceId} was told to end and has not: ${reason}`);
}

/** Puts many documents on their queues again. */
export const REQUEUE_ORCHESTRATION = "requeue";

/** A page takes seconds, and all tries of one that fails twelve minutes: what has said nothing for so long is lost. */
const OVERDUE_MS = 20 * 60_000;

/**
 * Starts backfills and redrives anew that Durable Functions lost on the way: how far they have come stands in storage.
 */
export async function restartLostRequeues(client: df.DurableClient, now: number): Promise<void> {
  for (const status of await readRunning(client)) {
    const { instanceId, name, lastUpdatedTime } = status;
    if (name !== REQUEUE_ORCHESTRATION || isSuspended(status)) continue;
    const silentMs = now - lastUpdatedTime.getTime();
    if (silentMs < OVERDUE_MS) continue;
    const { input } = await client.getStatus(instanceId, { showInput: true });
    await terminate(client, instanceId, `Nothing was heard of it for ${Math.round(silentMs / 1000)} s; it begins anew`);
    await client.startNew(REQUEUE_ORCHESTRATION, { instanceId, input });
  }
}
