import { describe, expect, it } from "vitest";
import { publishRecord } from "../../../src/lib/results/publish-record.ts";
import { findRecord } from "../../../src/lib/results/record-version.ts";
import { FakeStorage } from "./fake-containers.ts";
import { BLOB, failure, NAME, result } from "./record-samples.ts";

describe("findRecord", () => {
  it("tells the kind and the document version of what stands", async () => {
    const storage = new FakeStorage();
    expect(await findRecord(storage.clients(), "letters", NAME)).toBeUndefined();
    await publishRecord(storage.clients(), failure(1));
    expect(await findRecord(storage.clients(), "letters", NAME)).toMatchObject({
      kind: "failure",
      etag: '"v1"',
      lastModified: "2026-01-01T00:00:01.000Z",
    });
    await publishRecord(storage.clients(), result(2));
    expect(await findRecord(storage.clients(), "letters", NAME)).toMatchObject({ kind: "result", etag: '"v2"' });
  });

  it("prefers the newer of two, of the same version the result", async () => {
    const storage = new FakeStorage();
    await publishRecord(storage.clients(), result(1));
    const resultBlob = storage.results.blobs.get(BLOB);
    for (const [version, kind] of [
      [1, "result"],
      [2, "failure"],
    ] as const) {
      const other = new FakeStorage();
      await publishRecord(other.clients(), failure(version));
      if (resultBlob !== undefined) other.results.blobs.set(BLOB, resultBlob);
      expect(await findRecord(other.clients(), "letters", NAME)).toMatchObject({ kind });
    }
  });

  it("reads the version from a record whose metadata was lost", async () => {
    const storage = new FakeStorage();
    await publishRecord(storage.clients(), result(2));
    storage.results.put(BLOB, storage.results.blobs.get(BLOB)?.text ?? "");
    expect(await findRecord(storage.clients(), "letters", NAME)).toMatchObject({ kind: "result", etag: '"v2"' });
  });

  it("gives a file without a version one that no document has", async () => {
    const storage = new FakeStorage();
    storage.results.put(BLOB, "whatever");
    expect(await findRecord(storage.clients(), "letters", NAME)).toMatchObject({ kind: "result", etag: '"none"' });
  });
});
