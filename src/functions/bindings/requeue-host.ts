import type * as df from "durable-functions";
import { isSuspended, readRunning, terminate } from "./instances.ts";

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
