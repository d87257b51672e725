import { randomBytes } from "node:crypto";
import { BlobServiceClient, type ContainerClient, RestError } from "@azure/storage-blob";
import { beforeEach, describe, expect, inject, it } from "vitest";
import { createText, deleteBlob, readText, replaceText, writeText } from "../../../src/lib/storage/blobs.ts";

let container: ContainerClient;

beforeEach(async () => {
  const blobs = BlobServiceClient.fromConnectionString(inject("storage"));
  container = blobs.getContainerClient(`t${randomBytes(8).toString("hex")}`);
  await container.create();
});

describe("a blob that changed meanwhile", () => {
  it("is neither created, replaced nor deleted, and that is no error", async () => {
    const first = await writeText(container, "a", "1");
    const second = await replaceText(container, "a", "2", { etag: first });
    expect(second).toEqual(expect.any(String));
    expect(await createText(container, "a", "3")).toBeUndefined();
    expect(await replaceText(container, "a", "3", { etag: first })).toBeUndefined();
    expect(await deleteBlob(container, "a", first)).toBe(false);
    expect((await readText(container, "a"))?.text).toBe("2");
    expect(await replaceText(container, "gone", "3", { etag: first })).toBeUndefined();
    expect(await deleteBlob(container, "gone")).toBe(true);
  });
});

describe("a blob that the storage service lets nobody change", () => {
  it.each([
    ["replaced", (etag: string) => replaceText(container, "a", "2", { etag })],
    ["written over", () => writeText(container, "a", "2")],
    ["deleted", (etag: string) => deleteBlob(container, "a", etag)],
  ])("is named, with what to do, when it is to be %s under a lease", async (_, change) => {
    const etag = await writeText(container, "a", "1");
    await container.getBlobClient("a").getBlobLeaseClient().acquireLease(-1);
    await expect(change(etag)).rejects.toMatchObject({
      name: "BlobRefusedError",
      code: "LeaseIdMissing",
      message: expect.stringMatching(`\\(LeaseIdMissing\\) to change ${container.containerName}/a: end the lease`),
    });
  });

  it("is there already for whoever would create it", async () => {
    await writeText(container, "a", "1");
    await container.getBlobClient("a").getBlobLeaseClient().acquireLease(-1);
    expect(await createText(container, "a", "2")).toBeUndefined();
  });

  it.each(["BlobImmutableDueToPolicy", "BlobImmutableDueToLegalHold"])("is named under %s too", async (code) => {
    const service = refusing(409, code);
    await expect(replaceText(service, "a", "2", { etag: '"1"' })).rejects.toThrow(
      new RegExp(`\\(${code}\\) to change records/a: lift the hold`),
    );
    await expect(deleteBlob(service, "a")).rejects.toThrow(code);
    expect(await createText(service, "a", "2")).toBeUndefined();
  });

  it("is named under a code that nobody foresaw", async () => {
    await expect(createText(refusing(409, "OddCode"), "a", "2")).rejects.toThrow(/\(OddCode\) to change records\/a/);
  });
});

/** A container whose every change is refused with this code. */
function refusing(statusCode: number, code: string): ContainerClient {
  const refuse = () => Promise.reject(new RestError("no", { statusCode, code }));
  const blob = { upload: refuse, delete: refuse };
  return { containerName: "records", getBlobClient: () => blob, getBlockBlobClient: () => blob } as never;
}
