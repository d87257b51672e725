import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { freshAccount, put, storageOf } from "./tiny-app.ts";

type Child = ChildProcessByStdio<null, Readable, null>;

let connectionString: string;
let dataDirectory: string;
let children: Child[];
beforeEach(async () => {
  connectionString = freshAccount();
  dataDirectory = await mkdtemp(join(tmpdir(), "host-"));
  children = [];
});
afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  await rm(dataDirectory, { recursive: true, force: true });
});

async function startChild(): Promise<{ child: Child; url: string }> {
  const script = fileURLToPath(new URL("./run-tiny.ts", import.meta.url));
  const child = spawn(process.execPath, [script, connectionString, dataDirectory], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  const [url] = (await once(createInterface(child.stdout), "line")) as [string];
  return { child, url };
}

test("a host killed in the middle of its work loses neither blobs nor orchestrations", async () => {
  const storage = storageOf(connectionString);
  const drop = await storage.container("drop");
  const results = await storage.container("results");
  const names = Array.from({ length: 24 }, (_, index) => `${index}.txt`);
  const done = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const { name } of results.listBlobsFlat()) found.push(name);
    return found;
  };

  const first = await startChild();
  const response = await fetch(`${first.url}/api/start`, {
    method: "POST",
    body: JSON.stringify({ names: ["a", "b"], wait: 1_000 }),
  });
  const { id } = (await response.json()) as { id: string };
  await Promise.all(names.map((name) => put(drop, name, name)));
  await expect.poll(async () => (await done()).length, { timeout: 10_000 }).toBeGreaterThan(2);
  first.child.kill("SIGKILL");
  await once(first.child, "exit");

  const second = await startChild();
  const status = async (): Promise<unknown> =>
    (await fetch(`${second.url}/runtime/webhooks/durabletask/instances/${id}`)).json();
  await expect.poll(done, { timeout: 15_000 }).toHaveLength(names.length);
  await expect.poll(status, { timeout: 15_000 }).toMatchObject({ runtimeStatus: "Completed", output: ["A", "B"] });

  second.child.kill("SIGTERM");
  expect(await once(second.child, "exit")).toEqual([0, null]);
});
