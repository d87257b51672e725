import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** Connection string of a storage emulator for this test run. */
    storage: string;
  }
}

const require = createRequire(import.meta.url);

/** The account that every Azurite has; its key is public. */
const ACCOUNT = "devstoreaccount1";
const KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/** Starts Azurite's blob server in memory; tests keep apart by the names of their containers. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const port = await freePort();
  const main = require.resolve("azurite/dist/src/blob/main.js");
  const options = [
    "--inMemoryPersistence",
    "--skipApiVersionCheck",
    "--disableTelemetry",
    "--silent",
    "--blobPort",
    String(port),
  ];
  const child = spawn(process.execPath, [main, ...options], { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: child.stdout })) if (line.includes("successfully listens")) break;
  const endpoint = `http://127.0.0.1:${port}/${ACCOUNT}`;
  const parts = ["DefaultEndpointsProtocol=http", `AccountName=${ACCOUNT}`, `AccountKey=${KEY}`];
  project.provide("storage", [...parts, `BlobEndpoint=${endpoint}`].join(";"));
  return async () => {
    child.kill();
    if (child.exitCode === null) await once(child, "exit");
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("No port is free.");
  return address.port;
}
