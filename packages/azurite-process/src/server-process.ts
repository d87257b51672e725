/**
 * The process that `azurite.ts` starts for blobs and for queues. Started with its options as JSON in `AZURITE_OPTIONS`;
 * answers over IPC with its address or the reason of a failure, and to any message with the processor time used; ends when the channel to its parent closes.
 */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ServerOptions } from "./azurite.ts";
import { createServer } from "./create-server.ts";
import { keepCollections } from "./kept-collections.ts";

/** One server for each directory: two would overwrite each other's data. The last owner may be about to end. */
async function claim(directory: string, service: string): Promise<() => Promise<void>> {
  await mkdir(directory, { recursive: true });
  const file = join(directory, `${service}s.pid`);
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
  const options = ServerOptions.parse(JSON.parse(process.env.AZURITE_OPTIONS ?? "{}"));
  const { directory, service } = options;
  const release = directory === undefined ? async () => {} : await claim(directory, service);
  const server = createServer(options);
  if (directory !== undefined) keepCollections(server, join(directory, `${service}s.sqlite`));

  process.once("disconnect", () => void server.close().then(release).finally(process.exit));
  process.on("message", () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ processorSeconds: (user + system) / 1e6 });
  });
  process.on("SIGINT", () => {}); // Ctrl-C reaches the whole group; the parent decides when storage may go
  await server.start();
  process.send?.({ address: server.getHttpServerAddress() });
}

main().catch((error: unknown) => {
  process.send?.({ failed: error instanceof Error ? error.message : String(error) }, () => process.exit(1));
});
