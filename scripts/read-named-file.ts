import { readFile } from "node:fs/promises";

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "There is no file",
  EISDIR: "That is a folder, not a file:",
  EACCES: "No right to read the file",
};

/**
 * Reads a file that somebody named at a terminal.
 * @param advice what to do when it cannot be read
 * @throws Error whose message is one line for that person
 */
export async function readNamedFile(path: string, advice: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown reason";
    throw new Error(`${REASONS[code] ?? `Cannot read (${code})`} ${path}. ${advice}`);
  }
}
