import { app as functions } from "@azure/functions";
import * as df from "durable-functions";
import { app } from "../lib/app.ts";
import { acceptDocument } from "../lib/queueing/accept-document.ts";
import { blobReference, registerBlobReferences } from "./bindings/blob-reference.ts";
import { eventSink } from "./bindings/log-sink.ts";
import { openLanes } from "./bindings/orchestrations.ts";
import { BLOB_SOURCE, triggers } from "./bindings/triggers.ts";

registerBlobReferences();

functions.hook.appStart(() => app().prepareStorage());

functions.storageBlob("intake", {
  path: `${triggers.inputContainer}/{name}`,
  connection: "AzureWebJobsStorage",
  source: BLOB_SOURCE,
  sdkBinding: true,
  extraInputs: [df.input.durableClient()],
  handler: async (trigger, context) => {
    const { name } = blobReference(trigger, context);
    await openLanes(context, await acceptDocument(app().intake(eventSink(context)), name, "event"));
  },
});
