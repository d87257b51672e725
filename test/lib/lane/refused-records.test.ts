import type { BlobLeaseClient } from "@azure/storage-blob";
import { beforeEach, describe, expect, it } from "vitest";
import { readLaneFile } from "../../../src/lib/lane/store/lane-file.ts";
import { LaneBench } from "../../helpers/lane-bench.ts";

let bench: LaneBench;

beforeEach(async () => {
  bench = await LaneBench.create();
});

/** Puts a record of this lane under a lease that nobody ends. */
async function lease(kind: "results" | "failed", document: string): Promise<BlobLeaseClient> {
  const client = bench.containers[kind].getBlobClient(`tickets/${document}.json`).getBlobLeaseClient();
  await client.acquireLease(-1);
  return client;
}

const totals = async () => (await readLaneFile(bench.containers.work, { pipeline: "tickets", lane: 0 })).file.totals;
const failing = () => bench.run((next) => next.status.state === "failing");
const binary = Buffer.from("%PDF-1.7");
const NEIGHBOURS = [1, 2, 3, 4, 5].map((n) => `n${n}.txt`);

describe("a document whose record the storage service lets nobody replace", () => {
  it("holds up no neighbour when it cannot be read, and has its failure once the lease is over", async () => {
    await bench.drop("bad.txt", binary);
    await bench.finish();
    const held = await lease("failed", "bad.txt");
    await bench.drop("bad.txt", Buffer.from("%PDF-1.8 another"));
    for (const name of NEIGHBOURS) await bench.drop(name, `text of ${name}`);

    const step = await failing();
    expect(await bench.results()).toHaveLength(NEIGHBOURS.length);
    expect(step.status.reason?.message).toMatch(/LeaseIdMissing.*-failed\/tickets\/bad\.txt\.json: end the lease/);
    const again = await bench.step(step);
    expect(again.status.state).toBe("failing");

    await held.releaseLease();
    await bench.finish(again);
    expect((await bench.read("failed", "bad.txt")).document).toMatchObject({ bytes: 16 });
    expect(await totals()).toMatchObject({ batches: 2, succeeded: NEIGHBOURS.length, failed: 2 });
    expect(await bench.workBlobs()).toEqual([]);
  });

  it("is analysed once, and its result takes the place of the failure once the lease is over", async () => {
    bench.language.script.onDocument = () => ({ code: "InvalidDocument", message: "no" });
    await bench.drop("d.txt", "text of d");
    await bench.finish();
    bench.language.script = {};
    const held = await lease("failed", "d.txt");
    await bench.announce("d.txt", "redrive");
    for (const name of NEIGHBOURS) await bench.drop(name, `text of ${name}`);

    const step = await bench.step(await failing());
    expect(step.status.state).toBe("failing");
    await held.releaseLease();
    await bench.finish(step);
    expect(await bench.failures()).toEqual([]);
    expect(await bench.results()).toHaveLength(NEIGHBOURS.length + 1);
    expect(bench.language.timesSent.get("text of d")).toBe(2);
    expect(await totals()).toMatchObject({ batches: 2, succeeded: NEIGHBOURS.length + 1, failed: 1 });
  });

  it("is named with the number of others in its batch", async () => {
    const names = ["a.txt", "b.txt"];
    for (const name of names) await bench.drop(name, "first");
    await bench.finish();
    const leases = await Promise.all(names.map((name) => lease("results", name)));
    for (const name of names) await bench.drop(name, "second");
    const step = await failing();
    expect(step.status.reason?.message).toMatch(/tickets\/[ab]\.txt\.json: .*; 1 more records? of the batch/);
    expect(bench.events.filter(({ event }) => event === "record.refused")).toHaveLength(2);
    await Promise.all(leases.map((one) => one.releaseLease()));
    await bench.finish(step);
    expect((await bench.read("results", "a.txt")).document).toMatchObject({ bytes: 6 });
    expect(await totals()).toMatchObject({ succeeded: 4 });
  });
});
