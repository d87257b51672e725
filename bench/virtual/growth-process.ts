/** The process that `parts/growth.ts` starts for a number of documents: works them off on virtual time and tells what that took. */
import { runLanes } from "./run-lanes.ts";
import { VirtualTime } from "./virtual-time.ts";

const documents = Number(process.argv[2]);
const options = { documents, jobSeconds: 10 };
// Modules are loaded and code is compiled before anything is measured.
await runLanes(new VirtualTime(), { ...options, documents: 500 });
globalThis.gc?.();
const heapBefore = process.memoryUsage().heapUsed;
const before = process.cpuUsage();
const run = await runLanes(new VirtualTime(), options);
const { user, system } = process.cpuUsage(before);
globalThis.gc?.(); // the storage of `run` stays: its figures are told below
process.send?.({
  transactions: run.transactions,
  calls: run.calls,
  lanes: run.lanes,
  processorSeconds: (user + system) / 1e6,
  heapBytes: process.memoryUsage().heapUsed - heapBefore,
});
process.disconnect();
