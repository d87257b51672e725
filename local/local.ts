import { parseArgs } from "node:util";
import { consoleLog } from "./host/log.ts";
import { startStack } from "./stack/start-stack.ts";

const USAGE = `npm run local -- [options]
  --port N              port of the functions, 0 for any free one (default 7071)
  --data DIR            keep all state in this folder and go on from it (default: in memory)
  --language URL        an external Language endpoint in place of the emulator; its key from LANGUAGE_KEY
  --pipelines FILE      in place of pipelines.json
  --storage CONNECTION  an external storage account in place of Azurite
  --quiet               no log`;

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

const { data, language, pipelines, storage } = values;
const stack = await startStack({
  port: Number(values.port),
  ...(data === undefined ? {} : { directory: data }),
  ...(language === undefined ? {} : { language: { endpoint: language, key: process.env.LANGUAGE_KEY } }),
  ...(pipelines === undefined ? {} : { pipelines }),
  ...(storage === undefined ? {} : { storage }),
  ...(values.quiet ? {} : { log: consoleLog() }),
}).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
console.log(
  `ready ${JSON.stringify({ functions: stack.functions, storage: stack.storage, language: stack.language })}`,
);

const keepAlive = setInterval(() => {}, 60_000);
let stopping = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    clearInterval(keepAlive);
    void stack.stop().then(() => process.exit(0));
  });
}
