import { randomBytes } from "node:crypto";
import { BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { readDocument } from "../../../src/lib/documents/read-document.ts";

let input: ContainerClient;

beforeAll(async () => {
  const blobs = BlobServiceClient.fromConnectionString(inject("storage"));
  input = blobs.getContainerClient(`read-${randomBytes(6).toString("hex")}`);
  await input.create();
});

async function drop(name: string, bytes: Uint8Array): Promise<string> {
  const blobHTTPHeaders = { blobContentType: "text/plain; charset=utf-8" };
  const { etag } = await input.getBlockBlobClient(name).uploadData(bytes, { blobHTTPHeaders });
  return etag ?? "";
}

describe("reading a document", () => {
  it.each([0, 1, 300_000])("gives %i bytes as they are, and the facts of that version", async (length) => {
    const bytes = randomBytes(length);
    const etag = await drop("some.txt", bytes);
    const outcome = await readDocument(input, "some.txt", { maxBytes: 300_000, laterBytes: 300_000 });
    expect(outcome).toMatchObject({
      kind: "read",
      info: { container: input.containerName, name: "some.txt", etag, contentType: "text/plain; charset=utf-8" },
    });
    expect(outcome.kind === "read" && outcome.bytes.equals(bytes)).toBe(true);
    expect(outcome.kind === "read" && outcome.info.bytes).toBe(length);
  });

  it("does not read the known version again", async () => {
    const knownEtag = await drop("known.txt", Buffer.from("same"));
    expect(await readDocument(input, "known.txt", { knownEtag, maxBytes: 10 })).toEqual({ kind: "unchanged" });
    await drop("known.txt", Buffer.from("new"));
    expect(await readDocument(input, "known.txt", { knownEtag, maxBytes: 10 })).toMatchObject({ kind: "read" });
  });

  it("says so when there is none", async () => {
    expect(await readDocument(input, "never.txt", { maxBytes: 10 })).toEqual({ kind: "missing" });
  });

  it("refuses what the storage service keeps closed, with the facts of that version", async () => {
    await drop("archived.txt", Buffer.from("old"));
    const blob = input.getBlobClient("archived.txt");
    await blob.setAccessTier("Archive");
    const { etag } = await blob.getProperties();
    expect(await readDocument(input, "archived.txt", { maxBytes: 10 })).toMatchObject({
      kind: "refused",
      info: { name: "archived.txt", etag, bytes: 3 },
      error: { code: "DocumentCannotBeOpened", message: expect.stringContaining("BlobArchived") },
    });
  });

  it("leaves what is too large for now, refuses what is too large for ever, and can go on reading", async () => {
    await drop("large.txt", randomBytes(2_000_000));
    expect(await readDocument(input, "large.txt", { maxBytes: 3_000_000, laterBytes: 1_999_999 })).toEqual({
      kind: "large",
    });
    expect(await readDocument(input, "large.txt", { maxBytes: 1_999_999, laterBytes: 10 })).toMatchObject({
      kind: "refused",
      info: { name: "large.txt", bytes: 2_000_000 },
      error: { code: "DocumentTooLarge", message: expect.stringContaining("2000000 bytes") },
    });
    expect(await readDocument(input, "large.txt", { maxBytes: 3_000_000 })).toMatchObject({ kind: "read" });
  });
});
