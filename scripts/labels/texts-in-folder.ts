import { readdir, readFile } from "node:fs/promises";
import { join, sep } from "node:path";
import type { TrainingTexts } from "../../src/lib/labels/check-texts.ts";

/** The training texts in a folder of this machine. */
export function textsInFolder(folder: string): TrainingTexts {
  return {
    name: `folder "${folder}"`,
    async *list() {
      for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name).slice(join(folder, sep).length);
        if (entry.isFile()) yield path.replaceAll(sep, "/");
      }
    },
    async read(location) {
      try {
        return await readFile(join(folder, location));
      } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
        throw error;
      }
    },
  };
}
