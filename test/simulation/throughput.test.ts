import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { afterAll, describe, expect, it } from "vitest";
import type { Load, Throughput } from "../../simulation/throughput/measure.ts";

const worker = new Worker(new URL("../../simulation/throughput/worker.ts", import.meta.url));
afterAll(() => worker.terminate());

async function measure(load: Partial<Load>): Promise<Throughput> {
  const usual: Load = { documents: 5000, callsPerMinute: 100, counting: "together", jobSeconds: 10 };
  worker.postMessage({ ...usual, ...load });
  const [{ value, error }] = (await once(worker, "message")) as [{ value?: Throughput; error?: string }];
  if (value === undefined) throw new Error(error);
  return value;
}

/** Jobs a minute, as a share of what two calls a job allow. */
function shareOf({ jobs, minutes }: Throughput, jobsPerMinute: number): number {
  return jobs / minutes / jobsPerMinute;
}

function refusedShare({ jobs, polls, refused }: Throughput): number {
  return refused / (jobs + polls + refused);
}

const resource = (name: string) => ({
  endpoint: `https://${name}.cognitiveservices.azure.com`,
  keySetting: "LANGUAGE_KEY",
});

/** In virtual time, at the defaults, at 100 calls a minute and jobs of 10 s. */
describe("a backlog", { timeout: 240_000 }, () => {
  it("uses up the limit where sending and polling share it, and is hardly refused", async () => {
    const seen = await measure({ counting: "together" });
    expect(seen.records).toBe(5000);
    expect(shareOf(seen, 50)).toBeGreaterThan(0.95);
    expect(refusedShare(seen)).toBeLessThan(0.02);
    expect(seen.polls / seen.jobs).toBeLessThan(1.1);
  });

  it("uses up both limits where each has its own", async () => {
    const seen = await measure({ counting: "apart" });
    expect(shareOf(seen, 100)).toBeGreaterThan(0.95);
    expect(refusedShare(seen)).toBeLessThan(0.02);
  });

  it("goes to the other resources of its pipeline, each document once, while one cannot be reached", async () => {
    const pipeline = { endpoints: [resource("gone"), resource("one"), resource("two")] };
    const seen = await measure({ documents: 1000, pipeline });
    expect(seen.records).toBe(1000);
    expect(Object.keys(seen.byEndpoint)).toHaveLength(2);
    expect(Math.min(...Object.values(seen.byEndpoint))).toBeGreaterThan(10);
    expect(seen.jobs).toBe(40);
  });
});
