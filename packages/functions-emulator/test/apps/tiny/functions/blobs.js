import { createRequire } from "node:module";
import { app, output } from "@azure/functions";
import { record } from "../record.js";

// `import` would load the package's other build, with a resolver of its own that @azure/functions never asks.
const { ResourceFactoryResolver } = createRequire(import.meta.url)("@azure/functions-extensions-base");

ResourceFactoryResolver.getInstance().registerResourceFactory("AzureStorageBlobs", (data) =>
  JSON.parse(data.content.toString()),
);

const storage = { connection: "AzureWebJobsStorage" };

app.storageBlob("scanned", {
  ...storage,
  path: "%DROP%/{name}",
  return: output.storageBlob({ ...storage, path: "results/{name}.json" }),
  handler: (content, context) => {
    record({ scanned: context.triggerMetadata, isBuffer: Buffer.isBuffer(content) });
    if (content.toString() === "poison") throw new Error("cannot read this");
    return { length: content.length };
  },
});

app.storageBlob("noticed", {
  ...storage,
  path: "noticed/{folder}/{name}.txt",
  source: "EventGrid",
  handler: (content, context) => {
    const { folder, name } = context.triggerMetadata;
    record({ noticed: content.toString(), folder, name });
  },
});

app.storageBlob("referenced", {
  ...storage,
  path: "referenced/{name}",
  sdkBinding: true,
  handler: (reference) => record({ referenced: reference }),
});
