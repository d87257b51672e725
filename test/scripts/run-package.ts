/**
 * Starts the host on the app in the working directory, with a Language account that knows no project, drops one document
 * and prints what became of it, as JSON. For `package.test.ts`:
 *
 *     node run-package.ts <document name> <text> <result name>
 */
import { setTimeout } from "node:timers/promises";
import { BlobServiceClient } from "@azure/storage-blob";
import { startAzurite } from "azurite-process";
import { startHost } from "functions-emulator";
import { startLanguageService } from "language-emulator";

const PATIENCE_MS = 60_000;
const [document = "", text = "", result = ""] = process.argv.slice(2);

const azurite = await startAzurite();
const language = await startLanguageService();
const settings = {
  AzureWebJobsStorage: azurite.connectionString,
  AZURE_FUNCTIONS_ENVIRONMENT: "Development",
  LANGUAGE_ENDPOINT: language.url,
  LANGUAGE_KEY: language.key,
};
const host = await startHost({
  appDirectory: process.cwd(),
  settings,
  strict: true,
  scanIntervalSeconds: 0.5,
  log: () => {},
});
const functions = host.functions.map(({ name, trigger }) => `${name} ${trigger.kind}`);
const health: unknown = await (await fetch(`${host.url}/api/health`)).json();

const blobs = BlobServiceClient.fromConnectionString(azurite.connectionString);
await blobs.getContainerClient("documents").getBlockBlobClient(document).uploadData(Buffer.from(text));
const written = blobs.getContainerClient("results").getBlockBlobClient(result);
const deadline = Date.now() + PATIENCE_MS;
while (Date.now() < deadline && !(await written.exists())) await setTimeout(250);
const record: unknown = (await written.exists())
  ? JSON.parse((await written.downloadToBuffer()).toString())
  : undefined;
const standing: unknown = await (await fetch(`${host.url}/api/documents/${document}`)).json();

console.log(JSON.stringify({ functions, health, record, standing }));
await host.stop();
await language.stop();
await azurite.stop();
process.exit();
