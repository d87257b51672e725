/**
 * The process that `start-functions.ts` starts: the embedded Functions host with the built app (or with one that does
 * nothing) and nothing else. What it is made of comes as JSON in `BENCH_FUNCTIONS`; it does over IPC what it is told, and
 * answers.
 */
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { z } from "zod";
import { Profiler } from "./profile.ts";

const FunctionsOptions = z.object({
  /** The checkout that runs, built: this one, or another commit's, with a host of its own. */
  directory: z.string(),
  /** `nothing`: one that takes the events and does nothing, which shows what the host's stand-in costs alone. */
  app: z.enum(["built", "nothing"]),
  /** Virtual time stands still until it is told to pass. */
  time: z.enum(["virtual", "real"]),
  storage: z.string(),
  language: z.object({ endpoint: z.string(), key: z.string() }),
});
export type FunctionsOptions = z.output<typeof FunctionsOptions>;

const Command = z.enum(["settle", "step", "close", "usage", "heap", "profile", "report"]);
const State = z.object({ status: z.string() });

const options = FunctionsOptions.parse(JSON.parse(process.env.BENCH_FUNCTIONS ?? "{}"));
const { directory, storage, language } = options;
const load = async <T>(path: string): Promise<T> => (await import(pathToFileURL(join(directory, path)).href)) as T;
const emulator = "packages/functions-emulator/src";
const { VirtualClock } = await load<typeof import("functions-emulator/clock")>(`${emulator}/clock.ts`);
const { MemoryStore } = await load<typeof import("functions-emulator/durable-store")>(`${emulator}/durable/stores.ts`);

const clock = new VirtualClock();
const durableStore = new MemoryStore();
const parts = { durableStore, ...(options.time === "virtual" ? { clock } : {}) };
const host = await (options.app === "built" ? startApp() : startNothing());
const profiler = new Profiler(directory);

async function startApp() {
  if (options.time === "virtual") {
    const samples = join(directory, "samples");
    return await start(directory, {
      LANGUAGE_ENDPOINT: language.endpoint,
      LANGUAGE_KEY: language.key,
      PIPELINES_FILE: join(samples, "pipelines.json"),
      SWEEP_INTERVAL_MINUTES: "59",
    });
  }
  const { startStack } = await load<typeof import("../../dev/stack/start-stack.ts")>("dev/stack/start-stack.ts");
  const stack = await startStack({ storage, language, host: { ...parts, durable: { replayCheck: false } } });
  return stack.host;
}

async function startNothing() {
  return await start(fileURLToPath(new URL("app-that-does-nothing", import.meta.url)), {});
}

/** A host that looks for blobs when it is told to settle, and never by itself: a slow machine makes it look no more often. */
async function start(appDirectory: string, settings: Record<string, string>) {
  const { startHost } = await load<typeof import("functions-emulator")>(`${emulator}/start-host.ts`);
  return await startHost({
    appDirectory,
    port: 0,
    scanIntervalSeconds: 3_600,
    settings: { AzureWebJobsStorage: storage, AZURE_FUNCTIONS_ENVIRONMENT: "Development", ...settings },
    ...parts,
    durable: { replayCheck: false },
    log: () => {},
  });
}

async function step(): Promise<boolean> {
  const moved = clock.runNext();
  await host.engine.idle();
  return moved;
}

async function hasLanes(): Promise<boolean> {
  const states = (await durableStore.load()).map(({ state }) => State.parse(state).status);
  return states.some((status) => status === "Pending" || status === "Running");
}

async function answer(command: z.output<typeof Command>): Promise<unknown> {
  switch (command) {
    case "settle":
      return await host.idle();
    case "step":
      return await step();
    case "close":
      while (await hasLanes()) await step();
      return undefined;
    case "usage": {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1_000;
    }
    case "heap":
      // Code that has not run since the last collections goes with them, and not with a later measurement.
      for (let collections = 0; collections < 5; collections++) globalThis.gc?.();
      return process.memoryUsage().heapUsed;
    case "profile":
      return await profiler.start();
    case "report":
      return await profiler.stop();
  }
}

process.once("disconnect", () => process.exit(0));
process.on("message", async (message) => {
  const value = await answer(Command.parse(message));
  process.send?.({ value: value ?? null });
});
process.send?.({ value: "ready" });
