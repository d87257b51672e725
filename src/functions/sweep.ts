import { app as functions } from "@azure/functions";
import * as df from "durable-functions";
import { app } from "../lib/app.ts";
import { runSweep } from "../lib/queueing/sweep.ts";
import { restartLostRequeues } from "./bindings/instances.ts";
import { laneHost, laneOpener } from "./bindings/lane-host.ts";
import { eventSink } from "./bindings/log-sink.ts";
import { triggers } from "./bindings/triggers.ts";

/** Backfills and redrives are looked after in the minutes that are a multiple of this. */
const REQUEUES_MINUTES = 10;
const DAY_MS = 24 * 60 * 60_000;

/** The safety net: opens lanes that have work and do not run, finds documents whose event was lost, purges old history. */
functions.timer("sweep", {
  schedule: `0 */${triggers.sweepIntervalMinutes} * * * *`,
  extraInputs: [df.input.durableClient()],
  handler: async (_timer, context) => {
    try {
      await runSweep(app().sweep(eventSink(context)), laneHost(context), laneOpener);
    } finally {
      const client = df.getClient(context);
      await purge(client);
      const now = new Date();
      if (now.getUTCMinutes() % REQUEUES_MINUTES === 0) await restartLostRequeues(client, now.getTime());
    }
  },
});

/** Finished instances are kept for a while to be looked at. Lanes reuse their ids, so there are never many. */
async function purge(client: df.DurableClient): Promise<void> {
  const createdTimeTo = new Date(Date.now() - app().settings.keepFinishedDays * DAY_MS);
  await client.purgeInstanceHistoryBy({
    createdTimeFrom: new Date(createdTimeTo.getTime() - 30 * DAY_MS),
    createdTimeTo,
    runtimeStatus: [
      df.OrchestrationRuntimeStatus.Completed,
      df.OrchestrationRuntimeStatus.Failed,
      df.OrchestrationRuntimeStatus.Terminated,
    ],
  });
}
