import { randomBytes } from "node:crypto";
import { BlobLeaseClient, BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import { afterEach, beforeEach, expect, inject, it, vi } from "vitest";
import { breakLease, deletePrefix, underLease } from "../../../src/lib/storage/lease.ts";

let container: ContainerClient;

beforeEach(async () => {
  const blobs = BlobServiceClient.fromConnectionString(inject("storage"));
  container = blobs.getContainerClient(`t${randomBytes(8).toString("hex")}`);
  await container.create();
  await container.uploadBlockBlob("lock", "text", 4);
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const done = async () => ({ done: true });
const never = (): Promise<object> => new Promise(() => {});

/** Holds the lease as a process does that never comes to an end. */
const hold = (): Promise<void> =>
  new Promise((resolve) => {
    void underLease(container, "lock", () => {
      resolve();
      return never();
    });
  });

it("lets one at a time work, and readers read", async () => {
  const outcome = await underLease(container, "lock", async () => ({
    second: await underLease(container, "lock", done),
    text: (await container.getBlobClient("lock").downloadToBuffer()).toString(),
  }));
  expect(outcome).toEqual({ second: undefined, text: "text" });
  expect(await underLease(container, "lock", done)).toEqual({ done: true });
});

it("gives the lease back when the work fails, and passes the failure on", async () => {
  await expect(underLease(container, "lock", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await underLease(container, "lock", done)).toEqual({ done: true });
});

it("is renewed in time while its holder lives", async () => {
  vi.useFakeTimers({ toFake: ["setInterval"] });
  const renew = vi.spyOn(BlobLeaseClient.prototype, "renewLease");
  await hold();
  vi.advanceTimersByTime(15_000);
  expect(renew).toHaveBeenCalledTimes(3);
  await Promise.all(renew.mock.results.map(({ value }) => value));
});

it("can be broken, and keeps nobody from deleting", async () => {
  await hold();
  await breakLease(container, "lock");
  expect(await underLease(container, "lock", done)).toEqual({ done: true });
  await hold();
  await deletePrefix(container, "l");
  expect(await container.getBlobClient("lock").exists()).toBe(false);
  await breakLease(container, "lock");
});

it("says so when there is no such blob", async () => {
  await expect(underLease(container, "nothing", done)).rejects.toMatchObject({ statusCode: 404 });
});
