import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Load, Throughput } from "../../simulation/throughput/measure.ts";

/** Lets the app work off a backlog on the simulation's machinery, in virtual time, in a thread whose clock it may take over. */
export async function onSimulation(load: Load): Promise<Throughput> {
  const worker = new Worker(new URL("../../simulation/throughput/worker.ts", import.meta.url));
  try {
    worker.postMessage(load);
    const [{ value, error }] = (await once(worker, "message")) as [{ value?: Throughput; error?: string }];
    if (value === undefined) throw new Error(error);
    return value;
  } finally {
    await worker.terminate();
  }
}
