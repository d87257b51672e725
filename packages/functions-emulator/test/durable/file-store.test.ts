import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FileStore } from "../../src/durable/file-store.ts";

let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "durable-")), "made", "when", "needed");
});
afterEach(() => rm(folder, { recursive: true }));

async function open(): Promise<FileStore> {
  const store = new FileStore(folder);
  await store.load();
  return store;
}

test("any id can be stored, read again and removed", async () => {
  const store = await open();
  const ids = fc.uniqueArray(fc.string({ unit: "grapheme", maxLength: 80 }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(ids, async (instanceIds) => {
      await Promise.all(instanceIds.map((instanceId) => store.save({ instanceId, state: { instanceId } })));
      const loaded = await new FileStore(folder).load();
      expect(new Map(loaded.map(({ instanceId, state }) => [instanceId, state]))).toEqual(
        new Map(instanceIds.map((instanceId) => [instanceId, { instanceId }])),
      );
      await Promise.all(instanceIds.map((instanceId) => store.remove(instanceId)));
      expect(await readdir(folder)).toEqual([]);
    }),
    { numRuns: 25 },
  );
});

test.each(["../../escape", "con", "a:b*?", ".", "..", "UPPER", "x".repeat(300)])(
  "the file of %j lies in the folder",
  async (instanceId) => {
    const store = await open();
    await store.save({ instanceId, state: 1 });
    const [name = ""] = await readdir(folder);
    expect(name).toMatch(/^[A-Za-z0-9_-]{0,60}\.[0-9a-f]{16}\.json$/);
  },
);

test("ids that differ only in case have files that differ in more", async () => {
  const store = await open();
  await store.save({ instanceId: "a", state: 1 });
  await store.save({ instanceId: "A", state: 2 });
  const names = (await readdir(folder)).map((name) => name.toLowerCase());
  expect(new Set(names).size).toBe(2);
});

test("of many writes at once, the last one stays", async () => {
  const store = await open();
  await Promise.all(Array.from({ length: 50 }, (_, state) => store.save({ instanceId: "busy", state })));
  expect(await new FileStore(folder).load()).toEqual([{ instanceId: "busy", state: 49 }]);
});

test("the state is the one at the time of the call", async () => {
  const store = await open();
  const state = { value: "then" };
  const saved = store.save({ instanceId: "i", state });
  state.value = "later";
  await saved;
  expect(await new FileStore(folder).load()).toEqual([{ instanceId: "i", state: { value: "then" } }]);
});

test("a half-written file of a killed process is cleared away", async () => {
  const store = await open();
  await store.save({ instanceId: "i", state: 1 });
  const [name = ""] = await readdir(folder);
  await writeFile(join(folder, `${name}.tmp`), '{"instanceId":"i","sta');
  expect(await (await new FileStore(folder)).load()).toEqual([{ instanceId: "i", state: 1 }]);
  expect(await readdir(folder)).toEqual([name]);
});

test("a file that is no instance is named", async () => {
  await open();
  await writeFile(join(folder, "notes.json"), "[]");
  await expect(open()).rejects.toThrow(/notes\.json is not an instance stored by this host/);
});

test("close waits for what is being written", async () => {
  const store = await open();
  void store.save({ instanceId: "i", state: 1 });
  await store.close();
  expect(await new FileStore(folder).load()).toHaveLength(1);
});
