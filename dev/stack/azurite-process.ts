/**
 * The process that `azurite.ts` starts: Azurite's blob and queue servers, with journaled metadata when they keep it in a
 * directory. Started with its options as JSON in `AZURITE_OPTIONS`; answers over IPC with the connection string or the
 * reason of a failure; ends when the channel to its parent closes.
 */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import type { AzuriteOptions } from "./azurite.ts";
import { type AzuriteServer, createAzuriteServer } from "./azurite-server.ts";
import { journalDatabase } from "./loki-journal.ts";

const require = createRequire(import.meta.url);
const account = require("azurite/dist/src/blob/utils/constants.js") as {
  EMULATOR_ACCOUNT_NAME: string;
  EMULATOR_ACCOUNT_KEY_STR: string;
};

const Options: z.ZodType<AzuriteOptions> = z.object({
  directory: z
    .string()
    .transform((path) => resolve(path))
    .exactOptional(),
  blobPort: z.number().exactOptional(),
  queuePort: z.number().exactOptional(),
  certificate: z.object({ certFile: z.string(), keyFile: z.string() }).exactOptional(),
});

function keepJournals(server: AzuriteServer): void {
  const journals = [server.metadataStore, server.extentMetadataStore].map(({ db }) => journalDatabase(db));
  const beforeStart = server.beforeStart.bind(server);
  server.beforeStart = async () => {
    await beforeStart(); // loads the databases and adds their collections
    for (const record of journals) record();
  };
}

/** One emulator for each directory: two would overwrite each other's databases. The last owner may be about to end. */
async function claim(directory: string): Promise<() => Promise<void>> {
  await mkdir(directory, { recursive: true });
  const file = join(directory, "storage.pid");
  const deadline = Date.now() + 2_000;
  for (;;) {
    const owner = await readFile(file, "utf8").then(Number, () => undefined);
    if (owner === undefined || !isRunning(owner)) break;
    if (Date.now() > deadline) throw new Error(`${directory} is in use by process ${owner}; if not, remove ${file}.`);
    await delay(50);
  }
  await writeFile(file, String(process.pid));
  return () => rm(file, { force: true });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function main(): Promise<void> {
  const options = Options.parse(JSON.parse(process.env.AZURITE_OPTIONS ?? "{}"));
  const { directory } = options;
  const release = directory === undefined ? async () => {} : await claim(directory);
  const blobs = createAzuriteServer("blob", options.blobPort ?? 0, options);
  const queues = createAzuriteServer("queue", options.queuePort ?? 0, options);
  if (directory !== undefined) for (const server of [blobs, queues]) keepJournals(server);

  process.once(
    "disconnect",
    () => void Promise.all([blobs.close(), queues.close()]).then(release).finally(process.exit),
  );
  process.on("SIGINT", () => {}); // Ctrl-C reaches the whole group; the parent decides when storage may go
  await blobs.start();
  await queues.start();
  const blobServiceUri = `${blobs.getHttpServerAddress()}/${account.EMULATOR_ACCOUNT_NAME}`;
  const queueServiceUri = `${queues.getHttpServerAddress()}/${account.EMULATOR_ACCOUNT_NAME}`;
  process.send?.({
    blobServiceUri,
    queueServiceUri,
    connectionString: [
      `DefaultEndpointsProtocol=${options.certificate === undefined ? "http" : "https"}`,
      `AccountName=${account.EMULATOR_ACCOUNT_NAME}`,
      `AccountKey=${account.EMULATOR_ACCOUNT_KEY_STR}`,
      `BlobEndpoint=${blobServiceUri}`,
      `QueueEndpoint=${queueServiceUri}`,
      "",
    ].join(";"),
  });
}

main().catch((error: unknown) => {
  process.send?.({ failed: error instanceof Error ? error.message : String(error) }, () => process.exit(1));
});
