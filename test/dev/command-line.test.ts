import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  findOptionFolder,
  makeOptionFolder,
  readCommand,
  readNamedFile,
  readOptions,
  readPort,
  readSetting,
  UsageError,
} from "../../dev/command-line.ts";

let folder: string;
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "command-line-"));
  await writeFile(at("file"), "content");
  await mkdir(at("there"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("arguments", () => {
  const options = { documents: { type: "string" }, quiet: { type: "boolean", default: false } } as const;

  it("are read with their defaults", () => {
    expect(readOptions("usage", options, ["--documents", "x"])).toEqual({ documents: "x", quiet: false });
  });

  it.each([
    [["--document", "x"], "Unknown option '--document'"],
    [["x"], "Unexpected argument 'x'"],
    [["--documents"], "Option '--documents <value>' argument missing"],
    [["--quiet=yes"], "Option '--quiet' does not take an argument"],
  ])("are refused with the usage: %j", (args, message) => {
    const read = () => readOptions("the usage", options, args);
    expect(read).toThrow(UsageError);
    expect(read).toThrow(message);
    expect(read).toThrow("\n\nthe usage");
  });
});

describe("a command", () => {
  const options = { file: { type: "string", default: "x.json" } } as const;

  it("is read with what it is about", () => {
    expect(readCommand("usage", options, ["create", "tickets"])).toEqual({
      values: { file: "x.json" },
      positionals: ["create", "tickets"],
    });
  });

  it("is refused with the usage", () => {
    const read = () => readCommand("the usage", options, ["create", "--fil", "x"]);
    expect(read).toThrow(UsageError);
    expect(read).toThrow(/Unknown option '--fil'.*\n\nthe usage$/s);
  });
});

describe("a port", () => {
  it.each(["0", "80", "65535"])("is %s", (value) => expect(readPort(value)).toBe(Number(value)));

  it.each(["65536", "-1", "8e1", "1.5", " 80", ""])("is not %j", (value) =>
    expect(() => readPort(value)).toThrow(UsageError),
  );
});

describe("a setting", () => {
  it.each([
    ["A=b", ["A", "b"]],
    ["A=", ["A", ""]],
    ["A=b=c d", ["A", "b=c d"]],
  ])("is %s", (text, setting) => expect(readSetting(text)).toEqual(setting));

  it.each(["A", "=b", ""])("is not %j", (text) => expect(() => readSetting(text)).toThrow(UsageError));
});

describe("a path in an option", () => {
  it("is found", async () => {
    expect(await readNamedFile(at("file"), "Name a file.")).toBe("content");
    expect(await findOptionFolder("documents", at("there"))).toBe(at("there"));
  });

  it("is made where state is to be kept", async () => {
    expect(await makeOptionFolder("data", at("new/deep"))).toBe(at("new/deep"));
    expect(await makeOptionFolder("data", at("there"))).toBe(at("there"));
  });

  it.each([
    [findOptionFolder, "none", "--x takes a folder; FOLDER/none: no such file or directory."],
    [findOptionFolder, "file", "--x takes a folder; FOLDER/file: not a directory."],
    [makeOptionFolder, "file", "--x takes a folder; FOLDER/file: this is a file."],
    [makeOptionFolder, "file/deeper", "--x takes a folder; FOLDER/file/deeper: not a directory."],
  ])("is refused in words: %o, %s", async (read, name, message) => {
    await expect(read("x", at(name))).rejects.toThrow(new UsageError(message.replace("FOLDER", folder)));
  });

  it.each([
    ["none", "FOLDER/none cannot be read: no such file or directory. Name a file."],
    ["there", "FOLDER/there cannot be read: illegal operation on a directory. Name a file."],
  ])("is refused with advice: %s", async (name, message) => {
    const expected = new UsageError(message.replace("FOLDER", folder));
    await expect(readNamedFile(at(name), "Name a file.")).rejects.toThrow(expected);
  });
});
