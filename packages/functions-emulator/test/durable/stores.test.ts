import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SqliteStore } from "../../src/durable/stores.ts";

let root: string;
let file: string;
const opened: SqliteStore[] = [];
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "durable-"));
  file = join(root, "made", "when", "needed.sqlite");
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close().catch(() => {}); // some are closed by their test
  await rm(root, { recursive: true });
});

function open(): SqliteStore {
  const store = new SqliteStore(file);
  opened.push(store);
  return store;
}

test("any id can be stored, read again and removed", async () => {
  const store = open();
  const again = open();
  const ids = fc.uniqueArray(fc.string({ unit: "grapheme", maxLength: 80 }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(ids, async (instanceIds) => {
      await Promise.all(instanceIds.map((instanceId) => store.save({ instanceId, state: { instanceId } })));
      const loaded = await again.load();
      expect(new Map(loaded.map(({ instanceId, state }) => [instanceId, state]))).toEqual(
        new Map(instanceIds.map((instanceId) => [instanceId, { instanceId }])),
      );
      await Promise.all(instanceIds.map((instanceId) => store.remove(instanceId)));
      expect(await again.load()).toEqual([]);
    }),
    { numRuns: 25 },
  );
});

test("ids that are hard as names of files, or differ only in case, are kept apart", async () => {
  const store = open();
  const ids = [
    "../../escape",
    "con",
    "a:b*?",
    ".",
    "..",
    "UPPER",
    "upper",
    "x".repeat(300),
    "a'; DROP TABLE instances;",
  ];
  for (const instanceId of ids) await store.save({ instanceId, state: instanceId });
  const loaded = await open().load();
  expect(loaded.map(({ instanceId }) => instanceId).sort()).toEqual(ids.toSorted());
  expect(loaded.every(({ instanceId, state }) => instanceId === state)).toBe(true);
});

test("of many writes at once, the last one stays", async () => {
  const store = open();
  await Promise.all(Array.from({ length: 50 }, (_, state) => store.save({ instanceId: "busy", state })));
  expect(await open().load()).toEqual([{ instanceId: "busy", state: 49 }]);
});

test("the state is the one at the time of the call", async () => {
  const store = open();
  const state = { value: "then" };
  const saved = store.save({ instanceId: "i", state });
  state.value = "later";
  await saved;
  expect(await open().load()).toEqual([{ instanceId: "i", state: { value: "then" } }]);
});

test("what cannot be written is an error, and leaves what was there", async () => {
  const store = open();
  await store.save({ instanceId: "i", state: 1 });
  const self: Record<string, unknown> = {};
  self.self = self;
  await expect(store.save({ instanceId: "i", state: self })).rejects.toThrow(/circular/i);
  await expect(store.save({ instanceId: "i", state: undefined })).rejects.toThrow();
  expect(await open().load()).toEqual([{ instanceId: "i", state: 1 }]);
});

test("a file that holds no instances is named", async () => {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, "these are notes, and they were here before ".repeat(40));
  expect(open).toThrow(/needed\.sqlite does not hold instances stored by this host: remove it/);
});

test("what was saved before close is there afterwards", async () => {
  const store = open();
  void store.save({ instanceId: "i", state: 1 });
  await store.close();
  expect(await open().load()).toHaveLength(1);
});
