import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import type { ContainerClient } from "@azure/storage-blob";
import pMap from "p-map";
import { reasonOf } from "../reason.ts";
import type { FolderList, LocalDocument, Skipped } from "./list-folder.ts";

const CONTENT_TYPES: Record<string, string> = { ".txt": "text/plain", ".md": "text/markdown" };

/** Told from the ending of a file's name. */
export function contentTypeOf(name: string): string {
  return CONTENT_TYPES[extname(name).toLowerCase()] ?? "application/octet-stream";
}

/** Uploads files. Those that cannot be read or uploaded are skipped and do not stop the others. */
export async function dropFiles(files: readonly LocalDocument[], input: ContainerClient): Promise<FolderList> {
  const documents: LocalDocument[] = [];
  const skipped: Skipped[] = [];
  const drop = async (each: LocalDocument): Promise<void> => {
    const { path, name, file } = each;
    try {
      const bytes = await readFile(file);
      await input
        .getBlockBlobClient(name)
        .uploadData(bytes, { blobHTTPHeaders: { blobContentType: contentTypeOf(name) } });
      documents.push(each);
    } catch (error) {
      skipped.push({ path, reason: reasonOf(error) });
    }
  };
  await pMap(files, drop, { concurrency: 16 });
  return { documents, skipped };
}
