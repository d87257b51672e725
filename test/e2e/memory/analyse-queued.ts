/**
 * A process of its own that does what the functions do with documents that wait: the lanes of the first pipeline, until
 * its parent has seen enough. Asked, it tells the greatest size that the process ever had, and what is in use now. Settings
 * come from the environment, as in Azure; the arguments are the names of the documents.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { readApp } from "../../../src/lib/app.ts";
import type { LaneStep } from "../../../src/lib/lane/lane.ts";
import { type LaneHost, LaneOpener } from "../../../src/lib/lane/lane-opener.ts";
import { runStep } from "../../../src/lib/lane/run-step.ts";
import { acceptDocument } from "../../../src/lib/queueing/accept-document.ts";

process.on("disconnect", () => process.exit());
const open = new Set<string>();
const opened = new Set<string>();
process.on("message", () => {
  const peakMegabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  process.send?.({ peakMegabytes, lanes: opened.size, inUseMegabytes: inUseMegabytes() });
});

/** What is in use when all garbage is gone; undefined where Node was not told to let us collect it. */
function inUseMegabytes(): number | undefined {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return globalThis.gc && Math.round((heapUsed + external) / 1_000_000);
}

const app = readApp(process.env);
await app.prepareStorage();
for (const name of process.argv.slice(2)) await acceptDocument(app.intake(log), name, "event");

const opener = new LaneOpener();
const host: LaneHost = {
  runningStatus: async (id) => (open.has(id) ? { state: "waiting" } : undefined),
  async start(id, step) {
    open.add(id);
    opened.add(id);
    void run(step).then(() => open.delete(id));
  },
};

/** What the orchestrator of a lane does. */
async function run(first: LaneStep): Promise<void> {
  let step = first;
  while (step.action !== "close") {
    await sleep(step.afterSeconds * 1000);
    const { pipeline: name, lane } = step;
    const pipeline = app.pipeline(name);
    if (pipeline === undefined) throw new Error(`No pipeline ${name}`);
    step = await runStep(app.lane(pipeline, { pipeline: name, lane }, log), step, { host, opener });
    if (step.status.state === "failing") throw new Error(step.status.reason?.message);
  }
}

function log(): void {}

for (const { name } of app.pipelines) await opener.open(host, { pipeline: name, lane: 0 });
