import { randomBytes } from "node:crypto";
import { BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import fc from "fast-check";
import { beforeEach, describe, expect, inject, it } from "vitest";
import { z } from "zod";
import { readText, sameEtag, writeText } from "../../../src/lib/storage/blobs.ts";
import { StaleWriteError, UnreadableBlobError, VersionedJson } from "../../../src/lib/storage/versioned-json.ts";

const schema = z.object({ count: z.int() });

let container: ContainerClient;
let blob: VersionedJson<{ count: number }>;

beforeEach(async () => {
  const blobs = BlobServiceClient.fromConnectionString(inject("storage"));
  container = blobs.getContainerClient(`t${randomBytes(8).toString("hex")}`);
  await container.create();
  blob = new VersionedJson(container, "a.json", schema, () => ({ count: 0 }));
});

describe("a JSON blob of ours", () => {
  it("has its fallback as value until it is written, and is not made by being read", async () => {
    expect(await blob.read()).toEqual({ value: { count: 0 } });
    expect(await readText(container, "a.json")).toBeUndefined();
  });

  it("is read as it was written, with the version to write it under next", async () => {
    const first = await blob.write(await blob.read(), { count: 1 });
    expect(await blob.read()).toEqual(first);
    const second = await blob.write(first, { count: 2 });
    expect(second.etag).not.toBe(first.etag);
    expect((await blob.read()).value).toEqual({ count: 2 });
  });

  it("is left as others wrote it when it was written since it was read", async () => {
    const seen = await blob.read();
    const first = await blob.write(seen, { count: 1 });
    await expect(blob.write(seen, { count: 10 })).rejects.toThrow(StaleWriteError);
    await blob.write(first, { count: 2 });
    await expect(blob.write(first, { count: 20 })).rejects.toThrow(StaleWriteError);
    expect((await blob.read()).value).toEqual({ count: 2 });
  });

  it("counts every one of many updates that meet", async () => {
    await Promise.all(Array.from({ length: 12 }, () => blob.update(({ count }) => ({ count: count + 1 }))));
    expect((await blob.read()).value).toEqual({ count: 12 });
  });

  it("is not written by an update that finds nothing to change", async () => {
    const { etag } = await blob.write(await blob.read(), { count: 1 });
    await blob.update(() => undefined);
    expect((await blob.read()).etag).toBe(etag);
  });

  it("stays as it is when an edit throws, and the edit is not tried again", async () => {
    const { etag } = await blob.write(await blob.read(), { count: 1 });
    let edits = 0;
    const failing = blob.update(() => {
      edits += 1;
      throw new RangeError("no such lane");
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(edits).toBe(1);
    expect((await blob.read()).etag).toBe(etag);
  });

  it.each(["no JSON", "[]", '{"count":"1"}'])("that holds %s is named with what is wrong in it", async (text) => {
    await writeText(container, "a.json", text);
    await expect(blob.read()).rejects.toThrow(UnreadableBlobError);
    await expect(blob.read()).rejects.toThrow(`The blob ${container.containerName}/a.json was not written by`);
  });
});

describe("one ETag", () => {
  it("is the same quoted, bare or marked weak", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9A-Za-z]{1,20}$/), (etag) => {
        const spellings = [etag, `"${etag}"`, `W/"${etag}"`];
        for (const one of spellings) for (const other of spellings) expect(sameEtag(one, other)).toBe(true);
      }),
    );
  });

  it("is another one when it differs in anything but that", () => {
    expect(sameEtag('"0x8D1"', '"0x8D2"')).toBe(false);
    expect(sameEtag('a"b', "ab")).toBe(false);
  });

  it("that is not known is like none", () => {
    expect(sameEtag(undefined, undefined)).toBe(false);
    expect(sameEtag("a", undefined)).toBe(false);
  });
});
