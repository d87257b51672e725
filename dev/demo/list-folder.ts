import { isUtf8 } from "node:buffer";
import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { reasonOf } from "../reason.ts";
import { storageName } from "./storage-name.ts";

/** Hidden files of operating systems, which nobody means. */
const IGNORED = new Set([".DS_Store", "Thumbs.db"]);

/** A file that can become a document. */
export interface LocalDocument {
  /** Path in the listed folder, parts divided by `/`. */
  path: string;
  /** Name of the blob: the path, except where storage turns characters. */
  name: string;
  /** Where it is read. */
  file: string;
}

/** What is not dropped. */
export interface Skipped {
  path: string;
  reason: string;
}

export interface FolderList {
  documents: LocalDocument[];
  skipped: Skipped[];
}

/**
 * The files of a folder and its subfolders, by path. Links are followed, except those back to a folder that they lie in.
 * What cannot become a document is listed as skipped.
 */
export async function listFolder(folder: string): Promise<FolderList> {
  const skipped: Skipped[] = [];
  const found: { path: string; file: string }[] = [];
  for await (const each of walk(folder, "", [await realpath(folder)], skipped)) found.push(each);
  const documents: LocalDocument[] = [];
  const taken = new Set(found.map(({ path }) => path));
  for (const { path, file } of found) {
    try {
      const name = storageName(path);
      if (name !== path && taken.has(name))
        throw new Error(`storage reads its name as ${name}, which is there already`);
      taken.add(name);
      documents.push({ path, name, file });
    } catch (error) {
      skipped.push({ path, reason: reasonOf(error) });
    }
  }
  return { documents, skipped };
}

async function* walk(
  folder: string,
  prefix: string,
  parents: readonly string[],
  skipped: Skipped[],
): AsyncGenerator<{ path: string; file: string }> {
  const entries = await readdir(folder, { encoding: "buffer", withFileTypes: true });
  for (const entry of entries.sort((one, other) => Buffer.compare(one.name, other.name))) {
    const name = entry.name.toString();
    const [path, file] = [prefix + name, join(folder, name)];
    if (IGNORED.has(name)) continue;
    try {
      if (!isUtf8(entry.name)) throw new Error("its name is not valid UTF-8");
      const facts = entry.isSymbolicLink() ? await stat(file) : entry;
      if (facts.isDirectory()) {
        const real = await realpath(file);
        if (parents.includes(real)) throw new Error("a link back to a folder that it lies in");
        yield* walk(file, `${path}/`, [...parents, real], skipped);
      } else if (facts.isFile()) yield { path, file };
      else throw new Error("neither a file nor a folder");
    } catch (error) {
      skipped.push({ path, reason: isMissing(error) ? "a link to nothing" : reasonOf(error) });
    }
  }
}

/** Of an entry that is listed: what it links to is not there. */
function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}
