const { app } = require("@azure/functions");
const { ResourceFactoryResolver } = require("@azure/functions-extensions-base");

ResourceFactoryResolver.getInstance().registerResourceFactory("AzureStorageBlobs", () => ({}));

/** Takes the events of dropped blobs as the app does, and does nothing: what is left is the work of the Functions host. */
app.storageBlob("intake", {
  path: "documents/{name}",
  connection: "AzureWebJobsStorage",
  source: "LogsAndContainerScan",
  sdkBinding: true,
  handler: () => {},
});
