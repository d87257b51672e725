import { BlobServiceClient } from "@azure/storage-blob";
import { expect, inject, it } from "vitest";
import { storageName } from "../../../dev/demo/storage-name.ts";

const paths = [
  "a/b.txt",
  "a\\b.txt",
  "q?#%41 .txt",
  "%2e%2f",
  "tab\there",
  "line\nbreak",
  "del\u007f",
  "dot.",
  "質問😀é",
];

it("is the name under which storage lists what was uploaded", async () => {
  const container = BlobServiceClient.fromConnectionString(inject("storage")).getContainerClient("storage-names");
  await container.create();
  for (const [n, path] of paths.entries()) await container.getBlockBlobClient(`${n}/${path}`).upload("x", 1);
  const listed: string[] = [];
  for await (const { name } of container.listBlobsFlat()) listed.push(name);
  expect(listed.sort()).toEqual(paths.map((path, n) => storageName(`${n}/${path}`)).sort());
});

it.each([
  ["a/..\\up.txt", 'storage reads "\\" in its name as "/", and "a/../up.txt" is no path'],
  ["a\\\\b", '"a//b" is no path'],
  ["\\a", '"/a" is no path'],
  ["a\\", '"a/" is no path'],
  ["a\\.\\b", '"a/./b" is no path'],
  ["Icon\r", "its name holds U+000D"],
  ["a\u0001", "its name holds U+0001"],
  ["a\uffff", "its name holds U+FFFF"],
])("does not exist for %j", (path, reason) => {
  expect(() => storageName(path)).toThrow(reason);
});
