import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BlobServiceClient } from "@azure/storage-blob";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { dropFiles } from "../../../dev/demo/drop-files.ts";

let folder: string;
const input = BlobServiceClient.fromConnectionString(inject("storage")).getContainerClient("drop-files");
const document = (name: string) => ({ path: name, name, file: join(folder, name) });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "drop-files-"));
  await input.create();
  await writeFile(join(folder, "a.txt"), "text");
  await writeFile(join(folder, "b.bin"), "bytes");
});
afterAll(() => rm(folder, { recursive: true }));

it("uploads files with their types", async () => {
  const files = [document("a.txt"), document("b.bin")];
  const { documents, skipped } = await dropFiles(files, input);
  expect({ documents: new Set(documents), skipped }).toEqual({ documents: new Set(files), skipped: [] });
  const types = files.map(async ({ name }) => (await input.getBlobClient(name).getProperties()).contentType);
  expect(await Promise.all(types)).toEqual(["text/plain", "application/octet-stream"]);
});

it("names what cannot be read and uploads the others", async () => {
  const { documents, skipped } = await dropFiles([document("gone.txt"), document("a.txt")], input);
  expect(documents.map(({ name }) => name)).toEqual(["a.txt"]);
  expect(skipped).toEqual([{ path: "gone.txt", reason: "no such file or directory" }]);
});

it("names what storage refuses", async () => {
  const missing = BlobServiceClient.fromConnectionString(inject("storage")).getContainerClient("no-such-container");
  const { documents, skipped } = await dropFiles([document("a.txt")], missing);
  expect(documents).toEqual([]);
  expect(skipped).toEqual([{ path: "a.txt", reason: "The specified container does not exist." }]);
});
