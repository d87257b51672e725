import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { consoleLog } from "./host/log.ts";
import { startStack } from "./stack/start-stack.ts";

const USAGE = `npm run local -- [options]
  --port N              port of the functions, 0 for any free one (default 7071)
  --data DIR            keep all state in this folder and go on from it (default: a temporary folder)
  --language URL        an external Language endpoint in place of the emulator; its key from LANGUAGE_KEY
  --pipelines FILE      in place of pipelines.json
  --storage CONNECTION  an external storage account in place of Azurite
  --quiet               no log`;

const values = readArguments();
const temporary = values.data === undefined ? await mkdtemp(join(tmpdir(), "language-batch-")) : undefined;
const { language, pipelines, storage } = values;

const stack = await startStack({
  port: Number(values.port),
  directory: resolve(values.data ?? temporary ?? ""),
  ...(language === undefined ? {} : { language: { endpoint: language, key: process.env.LANGUAGE_KEY } }),
  ...(pipelines === undefined ? {} : { pipelines }),
  ...(storage === undefined ? {} : { storage }),
  ...(values.quiet ? {} : { log: consoleLog() }),
}).catch((error: unknown) => fail(error instanceof Error ? error.message : String(error)));
console.log(
  `ready ${JSON.stringify({ functions: stack.functions, storage: stack.storage, language: stack.language })}`,
);

const keepAlive = setInterval(() => {}, 60_000);
let stopping = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (!stopping) void stop();
    stopping = true;
  });
}

async function stop(): Promise<void> {
  clearInterval(keepAlive);
  await stack.stop();
  if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
  process.exit(0);
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: "string", default: "7071" },
        data: { type: "string" },
        language: { type: "string" },
        pipelines: { type: "string" },
        storage: { type: "string" },
        quiet: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) {
      console.log(USAGE);
      process.exit(0);
    }
    if (!/^\d{1,5}$/.test(values.port)) return fail(`--port takes a number, not "${values.port}"\n\n${USAGE}`);
    return values;
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
  }
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
