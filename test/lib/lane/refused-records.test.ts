import type { BlobLeaseClient } from "@azure/storage-blob";
import { beforeEach, describe, expect, it } from "vitest";
import { LaneFixture } from "../../helpers/lane-fixture.ts";

let fixture: LaneFixture;

beforeEach(async () => {
  fixture = await LaneFixture.create();
});

/** Puts a record of this lane under a lease that nobody ends. */
async function lease(kind: "results" | "failed", document: string): Promise<BlobLeaseClient> {
  const client = fixture.containers[kind].getBlobClient(`tickets/${document}.json`).getBlobLeaseClient();
  await client.acquireLease(-1);
  return client;
}

const totals = async () => (await fixture.file()).totals;
const failing = () => fixture.run((next) => next.status.state === "failing");
const binary = Buffer.from("%PDF-1.7");
const NEIGHBOURS = [1, 2, 3, 4, 5].map((n) => `n${n}.txt`);

describe("a document whose record the storage service lets nobody replace", () => {
  it("holds up no neighbour when it cannot be read, and has its failure once the lease is over", async () => {
    await fixture.drop("bad.txt", binary);
    await fixture.finish();
    const held = await lease("failed", "bad.txt");
    await fixture.drop("bad.txt", Buffer.from("%PDF-1.8 another"));
    for (const name of NEIGHBOURS) await fixture.drop(name, `text of ${name}`);

    const step = await failing();
    expect(await fixture.results()).toHaveLength(NEIGHBOURS.length);
    expect(step.status.reason?.message).toMatch(/LeaseIdMissing.*-failed\/tickets\/bad\.txt\.json: end the lease/);
    const again = await fixture.step(step);
    expect(again.status.state).toBe("failing");

    await held.releaseLease();
    await fixture.finish(again);
    expect((await fixture.read("failed", "bad.txt")).document).toMatchObject({ bytes: 16 });
    expect(await totals()).toMatchObject({ batches: 2, succeeded: NEIGHBOURS.length, failed: 2 });
    expect(await fixture.workBlobs()).toEqual([]);
  });

  it("is analysed once, and its result takes the place of the failure once the lease is over", async () => {
    fixture.language.script.onDocument = () => ({ code: "InvalidDocument", message: "no" });
    await fixture.drop("d.txt", "text of d");
    await fixture.finish();
    fixture.language.script = {};
    const held = await lease("failed", "d.txt");
    await fixture.announce("d.txt", "redrive");
    for (const name of NEIGHBOURS) await fixture.drop(name, `text of ${name}`);

    const step = await fixture.step(await failing());
    expect(step.status.state).toBe("failing");
    await held.releaseLease();
    await fixture.finish(step);
    expect(await fixture.failures()).toEqual([]);
    expect(await fixture.results()).toHaveLength(NEIGHBOURS.length + 1);
    expect(fixture.language.timesSent.get("text of d")).toBe(2);
    expect(await totals()).toMatchObject({ batches: 2, succeeded: NEIGHBOURS.length + 1, failed: 1 });
  });

  it("is named with the number of others in its batch", async () => {
    const names = ["a.txt", "b.txt"];
    for (const name of names) await fixture.drop(name, "first");
    await fixture.finish();
    const leases = await Promise.all(names.map((name) => lease("results", name)));
    for (const name of names) await fixture.drop(name, "second");
    const step = await failing();
    expect(step.status.reason?.message).toMatch(/tickets\/[ab]\.txt\.json: .*; 1 more records? of the batch/);
    expect(fixture.events.filter(({ event }) => event === "record.refused")).toHaveLength(2);
    await Promise.all(leases.map((one) => one.releaseLease()));
    await fixture.finish(step);
    expect((await fixture.read("results", "a.txt")).document).toMatchObject({ bytes: 6 });
    expect(await totals()).toMatchObject({ succeeded: 4 });
  });
});
