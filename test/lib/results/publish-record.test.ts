import { randomUUID } from "node:crypto";
import { BlobServiceClient } from "@azure/storage-blob";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { recordName } from "../../../src/lib/documents/document.ts";
import { publishRecord } from "../../../src/lib/results/publish-record.ts";
import { buildFailure, stringifyRecord } from "../../../src/lib/results/record.ts";
import { findRecord } from "../../../src/lib/results/record-version.ts";
import { readText } from "../../../src/lib/storage/blobs.ts";
import { FakeStorage } from "./fake-containers.ts";
import { BLOB, document, failure, failureInput, NAME, result, standing } from "./record-samples.ts";

describe("publishRecord", () => {
  it("writes a record with two operations when there is nothing else", async () => {
    const storage = new FakeStorage();
    let operations = 0;
    const clients = storage.clients(async () => void operations++);
    expect(await publishRecord(clients, result(1))).toBe("written");
    expect(operations).toBe(2);
    expect(storage.results.blobs.get(BLOB)?.text).toBe(stringifyRecord(result(1)));
    expect(storage.failed.blobs.size).toBe(0);
  });

  it.each([
    ["a result", "a failure of the same version", result(1), failure(1)],
    ["a result", "a failure of an older version", result(2), failure(1)],
    ["a result", "an older result", result(2), result(1)],
    ["a failure", "an older result", failure(2), result(1)],
    ["a failure", "an older failure", failure(2), failure(1)],
  ])("lets %s take the place of %s, whichever comes first", async (_, __, better, worse) => {
    for (const order of [
      [worse, better],
      [better, worse],
    ]) {
      const storage = new FakeStorage();
      for (const record of order) await publishRecord(storage.clients(), record);
      expect(standing(storage)).toEqual([stringifyRecord(better)]);
    }
  });

  it("leaves the bytes of a record of the same version as they are", async () => {
    const storage = new FakeStorage();
    await publishRecord(storage.clients(), result(1));
    expect(await publishRecord(storage.clients(), { ...result(1), completedAt: "2027-01-01T00:00:00Z" })).toBe("same");
    expect(standing(storage)).toEqual([stringifyRecord(result(1))]);
  });

  it("replaces the failure of a version that was redriven, and nothing better", async () => {
    const storage = new FakeStorage();
    await publishRecord(storage.clients(), failure(1));
    const later = { ...failure(1), failedAt: "2027-01-01T00:00:00Z" };
    expect(await publishRecord(storage.clients(), later, { again: true })).toBe("written");
    expect(standing(storage)).toEqual([stringifyRecord(later)]);
    await publishRecord(storage.clients(), result(1));
    expect(await publishRecord(storage.clients(), later, { again: true })).toBe("superseded");
    expect(standing(storage)).toEqual([stringifyRecord(result(1))]);
  });

  it("finishes what a publisher that died after writing left behind", async () => {
    const storage = new FakeStorage();
    await publishRecord(storage.clients(), failure(1));
    storage.results.put(BLOB, stringifyRecord(result(1)));
    expect(await publishRecord(storage.clients(), result(1))).toBe("same");
    expect(standing(storage)).toEqual([stringifyRecord(result(1))]);
  });

  it("asks the input container about versions of the same second", async () => {
    const [first, second] = [result(1, { sameSecond: "a" }), result(1, { sameSecond: "b" })];
    for (const order of [
      [first, second],
      [second, first],
    ]) {
      const storage = new FakeStorage();
      storage.input.put(NAME, "text", { etag: '"b"' });
      for (const record of order) await publishRecord(storage.clients(), record);
      expect(standing(storage)).toEqual([stringifyRecord(second)]);
    }
  });

  it("keeps what is there when neither of two versions of the same second is current", async () => {
    const storage = new FakeStorage();
    expect(await publishRecord(storage.clients(), result(1, { sameSecond: "a" }))).toBe("written");
    expect(await publishRecord(storage.clients(), result(1, { sameSecond: "b" }))).toBe("superseded");
    expect(await publishRecord(storage.clients(), failure(1, { sameSecond: "c" }))).toBe("superseded");
    expect(standing(storage)).toEqual([stringifyRecord(result(1, { sameSecond: "a" }))]);
  });

  it("treats the failure of a document that was gone as older than any version of it", async () => {
    const gone = buildFailure({ ...failureInput(1), document: { container: "documents", name: NAME, etag: "" } });
    for (const order of [
      [gone, failure(1)],
      [failure(1), gone],
    ]) {
      const storage = new FakeStorage();
      for (const record of order) await publishRecord(storage.clients(), record);
      expect(standing(storage)).toEqual([stringifyRecord(failure(1))]);
    }
  });

  it("reads the version out of a record without metadata", async () => {
    const storage = new FakeStorage();
    storage.results.put(BLOB, stringifyRecord(result(2)));
    expect(await publishRecord(storage.clients(), result(1))).toBe("superseded");
    expect(await publishRecord(storage.clients(), result(3))).toBe("written");
    expect(standing(storage)).toEqual([stringifyRecord(result(3))]);
  });

  it.each(["", "not JSON", '{"document":{}}'])("replaces a foreign or broken file: %j", async (text) => {
    const storage = new FakeStorage();
    storage.results.put(BLOB, text);
    storage.failed.put(BLOB, text);
    expect(await publishRecord(storage.clients(), failure(1))).toBe("written");
    expect(standing(storage)).toEqual([stringifyRecord(failure(1))]);
  });
});

describe("publishRecord on a storage account", () => {
  const account = BlobServiceClient.fromConnectionString(inject("storage"));
  const container = (name: string) => account.getContainerClient(`publish-${name}-${randomUUID()}`);
  const containers = {
    results: container("results"),
    failed: container("failed"),
    redacted: container("redacted"),
    input: container("input"),
  };

  beforeAll(() => Promise.all(Object.values(containers).map((container) => container.create())));
  afterAll(() => Promise.all(Object.values(containers).map((container) => container.delete())));

  it("keeps names that are hard on addresses, and one record of each document", async () => {
    const names = ["../../a b.txt", "a//b#c?d=100%.txt", "%2E%2E/x", "日本/🇯🇵.txt", "\\\\server\\x", "n".repeat(1024)];
    for (const name of names) {
      const at = { ...document(1, {}), name };
      expect(await publishRecord(containers, buildFailure({ ...failureInput(1), document: at }))).toBe("written");
      expect(await publishRecord(containers, { ...result(1), document: at })).toBe("written");
      expect(await publishRecord(containers, { ...result(1), document: at })).toBe("same");
      expect(await publishRecord(containers, buildFailure({ ...failureInput(1), document: at }))).toBe("superseded");
      expect(await findRecord(containers, "letters", name)).toMatchObject({
        kind: "result",
        etag: '"v1"',
        lastModified: at.lastModified,
      });
    }
    const found: string[] = [];
    for await (const blob of containers.results.listBlobsFlat()) found.push(blob.name);
    expect(found.toSorted()).toEqual(names.map((name) => recordName("letters", name)).toSorted());
    expect((await containers.failed.listBlobsFlat().next()).done).toBe(true);
  });

  it("settles many publishers at once on the best record", async () => {
    const versions = [1, 2, 3, 4];
    await Promise.all(
      versions.flatMap((v) => [failure(v), result(v)].map((record) => publishRecord(containers, record))),
    );
    expect(await findRecord(containers, "letters", NAME)).toMatchObject({ kind: "result", etag: '"v4"' });
    expect((await readText(containers.results, BLOB))?.text).toBe(stringifyRecord(result(4)));
    expect(await readText(containers.failed, BLOB)).toBeUndefined();
  });

  it("resolves a tie by asking the real input container", async () => {
    const input = containers.input.getBlockBlobClient(NAME);
    const { etag = "", lastModified } = await input.upload("new", 3);
    const now = { container: "documents", name: NAME, lastModified: lastModified?.toISOString() };
    const stale = { ...result(1), document: { ...now, etag: '"0xOLD"' }, pipeline: "ties" };
    const current = { ...result(1), document: { ...now, etag }, pipeline: "ties" };
    expect(await publishRecord(containers, stale)).toBe("written");
    expect(await publishRecord(containers, current)).toBe("written");
    expect(await publishRecord(containers, stale)).toBe("superseded");
  });
});
