import { parentPort } from "node:worker_threads";
import { installVirtualTime } from "../engine/virtual-time.ts";
import type { Load } from "./measure.ts";

// Time is taken over before any module is loaded that could keep a clock of its own.
installVirtualTime();
Error.stackTraceLimit = 0;

const { loadApp } = await import("../engine/loaded-app.ts");
const { measure } = await import("./measure.ts");
const app = await loadApp([]);

parentPort?.on("message", (load: Load) => {
  measure(load, app).then(
    (value) => parentPort?.postMessage({ value }),
    (error: unknown) => parentPort?.postMessage({ error: error instanceof Error ? error.message : String(error) }),
  );
});
