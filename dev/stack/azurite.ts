import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { z } from "zod";

/** A storage emulator (blobs and queues) that runs in its own process. */
export interface Azurite {
  /** For `AzureWebJobsStorage` and the storage SDKs. The account and key are Azurite's public development account. */
  connectionString: string;
  /** For `AzureWebJobsStorage__blobServiceUri`; without a trailing slash. */
  blobServiceUri: string;
  /** For `AzureWebJobsStorage__queueServiceUri`; without a trailing slash. */
  queueServiceUri: string;
  /** Lets running requests end, writes everything down and ends the process. */
  stop(): Promise<void>;
  /** Ends the process at once with SIGKILL: for tests of what survives a crash. */
  kill(): Promise<void>;
}

export interface AzuriteOptions {
  /** Where blobs, messages and their metadata are kept. Absent: in memory, gone when the process ends. */
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

const Ready = z.object({ connectionString: z.string(), blobServiceUri: z.string(), queueServiceUri: z.string() });
const Failed = z.object({ failed: z.string() });

/** How long a stopping emulator may take to write its metadata before it is killed, in milliseconds. */
const stopTimeout = 15_000;

/**
 * Starts Azurite as a child process.
 *
 * Azurite keeps its metadata (which blobs and messages exist, and where their bytes are) in LokiJS databases that it
 * saves as a whole every five seconds, so a killed Azurite forgets up to five seconds of writes that it has already
 * acknowledged. There is no setting against that: its interval is fixed, and a shorter one would serialise the whole
 * database for every few writes. `azurite-process.ts` therefore adds a write-ahead journal to each database
 * (`loki-journal.ts`): an acknowledged write survives a SIGKILL of any process here, Azurite's own included, which
 * makes it safe to kill a whole process group and start again on the same directory. A power cut is not covered: the
 * journal is handed to the operating system and not flushed to the disk.
 *
 * The child ends as soon as the channel to its parent closes, so it outlives neither a crashed nor a killed parent.
 *
 * @throws Error when the emulator cannot start, for example because the directory is in use or a port is taken.
 */
export async function startAzurite(options: AzuriteOptions = {}): Promise<Azurite> {
  const child = fork(new URL("./azurite-process.ts", import.meta.url), {
    execArgv: [],
    env: { ...process.env, AZURITE_OPTIONS: JSON.stringify(options), NODE_OPTIONS: "" },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const ready = await readyMessage(child);

  let expected = false;
  child.once("exit", () => {
    if (!expected) process.emitWarning("The storage emulator ended unexpectedly; requests to it fail from now on.");
  });
  child.unref();
  child.channel?.unref();

  const end = async (signal: "stop" | "SIGKILL"): Promise<void> => {
    expected = true;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.ref();
    const timer = setTimeout(() => child.kill("SIGKILL"), stopTimeout);
    if (signal === "SIGKILL" || !child.connected) child.kill("SIGKILL");
    else child.disconnect();
    await exited;
    clearTimeout(timer);
  };
  return { ...ready, stop: () => end("stop"), kill: () => end("SIGKILL") };
}

async function readyMessage(child: ChildProcess): Promise<z.output<typeof Ready>> {
  const message = await new Promise<unknown>((resolve, reject) => {
    child.once("message", resolve);
    child.once("error", reject);
    child.once("exit", (code, signal) => reject(new Error(`The storage emulator ended at start (${signal ?? code}).`)));
  });
  child.removeAllListeners();
  const failed = Failed.safeParse(message);
  if (failed.success) throw new Error(`The storage emulator could not start: ${failed.data.failed}`);
  return Ready.parse(message);
}
