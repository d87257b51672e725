import { app } from "@azure/functions";
import * as df from "durable-functions";
import { services } from "../lib/app.ts";
import { acceptDocument } from "../lib/queueing/accept-document.ts";
import { blobReference, registerBlobReferences } from "./bindings/blob-reference.ts";
import { eventSink } from "./bindings/log-sink.ts";
import { laneHost, laneOpener } from "./bindings/orchestrations.ts";

registerBlobReferences();

app.hook.appStart(() => services().prepareStorage());

/** Flex Consumption takes blob events from Event Grid only; on one machine there is no Event Grid, so it scans. */
const development = process.env.AZURE_FUNCTIONS_ENVIRONMENT === "Development";

app.storageBlob("intake", {
  path: `${services().settings.containers.input}/{name}`,
  connection: "AzureWebJobsStorage",
  source: development ? "LogsAndContainerScan" : "EventGrid",
  sdkBinding: true,
  extraInputs: [df.input.durableClient()],
  handler: async (trigger, context) => {
    const { name } = blobReference(trigger, context);
    const pipelines = await acceptDocument(services().intake(eventSink(context)), name, "event");
    const host = laneHost(context);
    await Promise.all(pipelines.map((pipeline) => laneOpener.open(host, { pipeline: pipeline.name, lane: 0 })));
  },
});
