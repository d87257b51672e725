import { app as functions } from "@azure/functions";
import * as df from "durable-functions";
import { app } from "../lib/app.ts";
import { receiveEvent } from "../lib/queueing/accept-document.ts";
import { openLanes } from "./bindings/lane-host.ts";
import { eventSink, reportStart } from "./bindings/log-sink.ts";
import { BLOB_SOURCE, blobReference, registerBlobReferences, triggers } from "./bindings/triggers.ts";

registerBlobReferences();

/**
 * A hook that throws would leave a host without any function, health included, until somebody restarts it. The sweep makes
 * what could not be made here.
 */
functions.hook.appStart(async () => {
  try {
    await app().prepareStorage();
  } catch (error) {
    reportStart(error);
  }
});

functions.storageBlob("intake", {
  path: `${triggers.inputContainer}/{name}`,
  connection: "AzureWebJobsStorage",
  source: BLOB_SOURCE,
  sdkBinding: true,
  extraInputs: [df.input.durableClient()],
  handler: async (trigger, context) => {
    const blob = blobReference(trigger, context);
    await openLanes(
      context,
      await receiveEvent({ ...app().intake(eventSink(context)), trace: context.traceContext?.traceParent }, blob),
    );
  },
});
