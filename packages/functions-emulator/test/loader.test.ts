import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadApp } from "../src/loader.ts";

/** Stands for `@azure/functions` in apps that live outside this project. */
const register = (name: string) => `
  const core = require("@azure/functions-core");
  if (!core.getProgrammingModel()) core.setProgrammingModel({ name: "test", version: "1", getInvocationModel() {} });
  core.registerFunction({ name: "${name}", bindings: {} }, () => "${name}");
`;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "app-"));
});
afterEach(() => rm(directory, { recursive: true }));

async function write(files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), text);
  }
}

const load = () => loadApp(directory, () => {});
const names = async () => [...(await load()).registrations.functions.keys()];

test("loads every file that main matches, CommonJS and ESM", async () => {
  await write({
    "package.json": JSON.stringify({ main: "dist/functions/{a,b}.{js,mjs}" }),
    "dist/functions/a.js": register("fromCommonJs"),
    "dist/functions/b.mjs": `import { createRequire } from "node:module"; const require = createRequire(import.meta.url); ${register("fromEsm")}`,
    "dist/functions/c.js": "throw new Error('not matched by main')",
    "dist/functions/a.js.map": "{}",
  });
  expect(await names()).toEqual(["fromCommonJs", "fromEsm"]);
});

test("a second start gets the functions of the first", async () => {
  await write({
    "package.json": "{}",
    "index.js": `globalThis.loads = (globalThis.loads ?? 0) + 1; ${register("once")}`,
  });
  expect(await names()).toEqual(await names());
  expect(globalThis).toHaveProperty("loads", 1);
});

test("a second start of changed code is refused, because Node would run the old one", async () => {
  await write({ "package.json": "{}", "index.js": register("before") });
  await load();
  await write({ "index.js": register("after") });
  await expect(load()).rejects.toThrow(/has changed since this process loaded it; restart the process/);
});

test.each([
  ["package.json is missing", {}, /package\.json is missing/],
  [
    "nothing is built",
    { "package.json": '{"main":"dist/*.js"}' },
    /No JavaScript file matches "main".*"dist\/\*\.js".*is it built/,
  ],
  [
    "a file throws",
    { "package.json": "{}", "index.js": "throw new Error('no such luck')" },
    /index\.js could not be loaded: no such luck/,
  ],
  ["nothing is registered", { "package.json": "{}", "index.js": "" }, /index\.js registered no function/],
])("start fails when %s", async (_when, files, expected) => {
  await write(files);
  await expect(load()).rejects.toThrow(expected);
});

test("an id that is taken fails the start", async () => {
  await write({
    "package.json": "{}",
    "index.js": register("same") + register("same").replaceAll("const core", "var again"),
  });
  await expect(load()).rejects.toThrow(/A function with id "same" has already been registered/);
});

test("HTTP streaming is refused", async () => {
  await write({
    "package.json": "{}",
    "index.js": `${register("streaming")} core.getProgrammingModel().getCapabilities = () => ({ HttpUri: "http://localhost:1" });`,
  });
  await expect(load()).rejects.toThrow(/enableHttpStream.*not supported/);
});
