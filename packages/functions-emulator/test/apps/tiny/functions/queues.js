import { app, output } from "@azure/functions";
import { record } from "../record.js";

const storage = { connection: "AzureWebJobsStorage" };

app.storageQueue("worker", {
  ...storage,
  queueName: "work",
  return: output.storageQueue({ ...storage, queueName: "done-{kind}" }),
  handler: (message, context) => {
    const { dequeueCount, id, insertionTime } = context.triggerMetadata;
    record({ worked: message, dequeueCount, id, insertionTime });
    if (message.fail) throw new Error("asked to fail");
    return message.kind === "silent" ? undefined : { ok: message.kind };
  },
});
