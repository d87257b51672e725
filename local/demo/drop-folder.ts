import { readdir, readFile } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import type { ContainerClient } from "@azure/storage-blob";
import pMap from "p-map";

const CONTENT_TYPES: Record<string, string> = { ".txt": "text/plain", ".md": "text/markdown" };

/** The files of a folder and its subfolders, as blob names. Hidden files of the operating system are left out. */
export async function listFolder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name !== ".DS_Store" && entry.name !== "Thumbs.db")
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
}

/** Uploads files of a folder under their relative names. */
export async function dropFiles(folder: string, names: readonly string[], input: ContainerClient): Promise<void> {
  await pMap(
    names,
    async (name) => {
      const bytes = await readFile(join(folder, ...name.split("/")));
      const blobContentType = CONTENT_TYPES[extname(name).toLowerCase()] ?? "application/octet-stream";
      await input.getBlockBlobClient(name).uploadData(bytes, { blobHTTPHeaders: { blobContentType } });
    },
    { concurrency: 16 },
  );
}
