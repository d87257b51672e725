import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { consoleLog } from "functions-emulator/log";
import { makeOptionFolder, readOptions, readPort, readSetting, runCommand } from "./command-line.ts";

const USAGE = `npm run local -- [options]
  --port N              port of the functions, 0 for any free one (default 7071)
  --data DIR            keep all state in this folder and go on from it (default: a temporary folder)
  --language URL        an external Language endpoint in place of the emulator; its key from LANGUAGE_KEY
  --pipelines FILE      in place of samples/pipelines.json
  --storage CONNECTION  an external storage account in place of Azurite
  --set NAME=VALUE      an app setting; may be given several times
  --quiet               no log
  --help                this text`;

await runCommand(async () => {
  const { data, language, pipelines, storage, ...values } = readOptions(USAGE, {
    port: { type: "string", default: "7071" },
    data: { type: "string" },
    language: { type: "string" },
    pipelines: { type: "string" },
    storage: { type: "string" },
    set: { type: "string", multiple: true, default: [] },
    quiet: { type: "boolean", default: false },
  });
  const port = readPort(values.port);
  const directory = data === undefined ? await makeTemporaryFolder() : await makeOptionFolder("data", data);
  // Who mistypes an option does not wait until everything is loaded.
  const { startStack } = await import("./stack/start-stack.ts");
  const starting = startStack({
    port,
    directory,
    ...(language === undefined ? {} : { language: { endpoint: language, key: process.env.LANGUAGE_KEY } }),
    ...(pipelines === undefined ? {} : { pipelines }),
    ...(storage === undefined ? {} : { storage }),
    settings: Object.fromEntries(values.set.map(readSetting)),
    ...(values.quiet ? {} : { log: consoleLog() }),
  });
  stopOnSignal(starting.then((stack) => stack.stop));
  const stack = await starting;
  console.log(
    `ready ${JSON.stringify({ functions: stack.functions, storage: stack.storage, language: stack.language })}`,
  );
});

/** A folder that goes when the process ends, also when nothing could be started in it. */
async function makeTemporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "language-batch-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Keeps the process until the first signal. One that comes during the start waits for its end. */
function stopOnSignal(started: Promise<() => Promise<void>>): void {
  const ignore = (): void => {}; // who waits for the start says why it failed
  const keepAlive = setInterval(() => {}, 60_000);
  let stopping = false;
  const stop = async (end: () => Promise<void>): Promise<void> => {
    clearInterval(keepAlive);
    await end();
    process.exit(0);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (!stopping) void started.then(stop, ignore);
      stopping = true;
    });
  }
  started.catch(ignore);
}
