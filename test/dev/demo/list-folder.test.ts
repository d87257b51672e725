import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listFolder } from "../../../dev/demo/list-folder.ts";

let root: string;
let folder: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "list-folder-"));
  folder = join(root, "documents");
  await mkdir(join(folder, "sub"), { recursive: true });
});
afterEach(() => rm(root, { recursive: true }));

const write = (path: string | Buffer): Promise<void> =>
  writeFile(typeof path === "string" ? join(folder, path) : Buffer.concat([Buffer.from(`${folder}/`), path]), "text");
const names = async (): Promise<string[]> => (await listFolder(folder)).documents.map(({ name }) => name);
const skipped = async (): Promise<Record<string, string>> =>
  Object.fromEntries((await listFolder(folder)).skipped.map(({ path, reason }) => [path, reason]));

it("lists files of all subfolders, but not what operating systems leave there", async () => {
  for (const path of ["b.txt", "sub/a.txt", ".hidden", ".DS_Store", "sub/Thumbs.db"]) await write(path);
  expect(await listFolder(folder)).toEqual({
    documents: [".hidden", "b.txt", "sub/a.txt"].map((path) => ({ path, name: path, file: join(folder, path) })),
    skipped: [],
  });
});

describe("links", () => {
  it("are followed to files and folders", async () => {
    await mkdir(join(root, "elsewhere"));
    await writeFile(join(root, "elsewhere", "far.txt"), "text");
    await symlink(join(root, "elsewhere", "far.txt"), join(folder, "file"));
    await symlink("../elsewhere", join(folder, "folder"));
    expect(await names()).toEqual(["file", "folder/far.txt"]);
  });

  it("that lead round or nowhere are named", async () => {
    await write("a.txt");
    await symlink("..", join(folder, "sub", "up"));
    await symlink("self", join(folder, "self"));
    await symlink("gone", join(folder, "nothing"));
    expect(await names()).toEqual(["a.txt"]);
    expect(await skipped()).toEqual({
      nothing: "a link to nothing",
      self: expect.stringContaining("too many symbolic links"),
      "sub/up": "a link back to a folder that it lies in",
    });
  });

  it("to one folder from two sides give its files twice", async () => {
    await write("sub/a.txt");
    await symlink("sub", join(folder, "again"));
    expect(await names()).toEqual(["again/a.txt", "sub/a.txt"]);
  });
});

describe("a name", () => {
  it("with a backslash is the one that storage will give", async () => {
    await write("a\\b.txt");
    expect((await listFolder(folder)).documents).toEqual([
      { path: "a\\b.txt", name: "a/b.txt", file: join(folder, "a\\b.txt") },
    ]);
  });

  it("that storage gives to two files goes to the one that has it already", async () => {
    await write("sub\\a.txt");
    await write("sub/a.txt");
    expect(await names()).toEqual(["sub/a.txt"]);
    expect(await skipped()).toEqual({ "sub\\a.txt": "storage reads its name as sub/a.txt, which is there already" });
  });

  it.runIf(process.platform === "linux")("that is not UTF-8 is named, the others are listed", async () => {
    await write("a.txt");
    await write(Buffer.from("caf\u00e9.txt", "latin1"));
    expect(await names()).toEqual(["a.txt"]);
    expect(await skipped()).toEqual({ "caf\ufffd.txt": "its name is not valid UTF-8" });
  });
});

it("names what is neither a file nor a folder", async () => {
  const server = createServer().listen(join(folder, "socket"));
  await once(server, "listening");
  expect(await skipped()).toEqual({ socket: "neither a file nor a folder" });
  server.close();
});
