import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { z } from "zod";

/** A storage emulator: a process for blobs and a process for queues. */
export interface Azurite {
  /** For `AzureWebJobsStorage` and the storage SDKs. The account and key are Azurite's public development account. */
  connectionString: string;
  /** For `AzureWebJobsStorage__blobServiceUri`; without a trailing slash. */
  blobServiceUri: string;
  /** For `AzureWebJobsStorage__queueServiceUri`; without a trailing slash. */
  queueServiceUri: string;
  /** Processor time that each process has used so far, in seconds: what of a measurement is the emulator's. */
  processorSeconds(): Promise<{ blobs: number; queues: number }>;
  /** Lets running requests end, writes everything down and ends the processes. */
  stop(): Promise<void>;
  /** Ends the processes at once with SIGKILL: for tests of what survives a crash. */
  kill(): Promise<void>;
}

export interface AzuriteOptions {
  /** Where blobs, messages and their metadata are kept. Absent: in memory, gone when the processes end. */
  directory?: string;
  /** Default: any free port. */
  blobPort?: number;
  /** Default: any free port. */
  queuePort?: number;
  /**
   * PEM files of a certificate for 127.0.0.1. With them it speaks HTTPS and takes Microsoft Entra ID tokens beside the
   * key. It looks at their issuer, audience and times, never at their signature.
   */
  certificate?: { certFile: string; keyFile: string };
}

/** What one of the two processes is told. */
export const ServerOptions = z.object({
  service: z.enum(["blob", "queue"]),
  port: z.number(),
  directory: z.string().optional(),
  certificate: z.object({ certFile: z.string(), keyFile: z.string() }).optional(),
});
export type ServerOptions = z.infer<typeof ServerOptions>;

const Ready = z.object({ address: z.string() });
const Usage = z.object({ processorSeconds: z.number() });
const Failed = z.object({ failed: z.string() });

/** How long a stopping emulator may take to end its requests before it is killed, in milliseconds. */
const stopTimeout = 15_000;

const account = createRequire(import.meta.url)("azurite/dist/src/blob/utils/constants.js") as {
  EMULATOR_ACCOUNT_NAME: string;
  EMULATOR_ACCOUNT_KEY_STR: string;
};

/**
 * Starts Azurite as two child processes: its servers are one thread each, and together in one process the queues wait
 * for the blobs.
 *
 * With a directory an acknowledged write survives a SIGKILL of any process here, Azurite's own included
 * (`kept-collections.ts`), so that a whole process group can be killed and started again. A power cut is not covered:
 * what is written is handed to the operating system and not flushed to the disk.
 *
 * The children end as soon as the channel to their parent closes, so they outlive neither a crashed nor a killed parent.
 *
 * @throws Error when the emulator cannot start, for example because the directory is in use or a port is taken.
 */
export async function startAzurite(options: AzuriteOptions = {}): Promise<Azurite> {
  const { directory, certificate, blobPort = 0, queuePort = 0 } = options;
  const common = { directory: directory === undefined ? undefined : resolve(directory), certificate };
  const starting = await Promise.allSettled([
    startServer({ service: "blob", port: blobPort, ...common }),
    startServer({ service: "queue", port: queuePort, ...common }),
  ]);
  const servers = starting.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const endAll = async (signal: "stop" | "SIGKILL"): Promise<void> => {
    await Promise.all(servers.map(({ end }) => end(signal)));
  };
  const [blobs, queues] = servers;
  if (blobs === undefined || queues === undefined) {
    await endAll("stop");
    throw starting.find((each) => each.status === "rejected")?.reason;
  }
  const [blobServiceUri, queueServiceUri] = [blobs, queues].map(
    ({ address }) => `${address}/${account.EMULATOR_ACCOUNT_NAME}`,
  ) as [string, string];
  return {
    blobServiceUri,
    queueServiceUri,
    connectionString: [
      `DefaultEndpointsProtocol=${certificate === undefined ? "http" : "https"}`,
      `AccountName=${account.EMULATOR_ACCOUNT_NAME}`,
      `AccountKey=${account.EMULATOR_ACCOUNT_KEY_STR}`,
      `BlobEndpoint=${blobServiceUri}`,
      `QueueEndpoint=${queueServiceUri}`,
      "",
    ].join(";"),
    processorSeconds: async () => {
      const [ofBlobs, ofQueues] = await Promise.all([blobs.processorSeconds(), queues.processorSeconds()]);
      return { blobs: ofBlobs, queues: ofQueues };
    },
    stop: () => endAll("stop"),
    kill: () => endAll("SIGKILL"),
  };
}

/**
 * The connection string of another account of the same emulator, empty until something is put there: for tests that must
 * not see each other. Every name is an account, and all have the same key.
 *
 * @param account 3 to 24 lower-case letters and digits, as in Azure.
 */
export function ofAccount(connectionString: string, name: string): string {
  return connectionString.replaceAll(account.EMULATOR_ACCOUNT_NAME, name);
}

interface Server {
  address: string;
  processorSeconds(): Promise<number>;
  end(signal: "stop" | "SIGKILL"): Promise<void>;
}

async function startServer(options: ServerOptions): Promise<Server> {
  const child = fork(new URL("./server-process.ts", import.meta.url), {
    execArgv: ["--disable-warning=ExperimentalWarning"], // node:sqlite
    env: { ...process.env, AZURITE_OPTIONS: JSON.stringify(options), NODE_OPTIONS: "" },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const { address } = await readyMessage(child, options.service);

  let expected = false;
  child.once("exit", () => {
    if (!expected) {
      process.emitWarning(`The ${options.service} emulator ended unexpectedly; requests to it fail from now on.`);
    }
  });
  child.unref();
  child.channel?.unref();

  return {
    address,
    processorSeconds: async () => {
      const answer = once(child, "message");
      child.send("usage");
      return Usage.parse((await answer)[0]).processorSeconds;
    },
    end: async (signal) => {
      expected = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, "exit");
      child.ref();
      const timer = setTimeout(() => child.kill("SIGKILL"), stopTimeout);
      if (signal === "SIGKILL" || !child.connected) child.kill("SIGKILL");
      else child.disconnect();
      await exited;
      clearTimeout(timer);
    },
  };
}

async function readyMessage(child: ChildProcess, service: string): Promise<z.output<typeof Ready>> {
  const message = await new Promise<unknown>((resolve, reject) => {
    child.once("message", resolve);
    child.once("error", reject);
    child.once("exit", (code, signal) =>
      reject(new Error(`The ${service} emulator ended at start (${signal ?? code}).`)),
    );
  });
  child.removeAllListeners();
  const failed = Failed.safeParse(message);
  if (failed.success) throw new Error(`The ${service} emulator could not start: ${failed.data.failed}`);
  return Ready.parse(message);
}
