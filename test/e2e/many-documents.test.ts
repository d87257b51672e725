import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type LanguageService, startLanguageService } from "language-emulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listFolder } from "../../dev/demo/list-folder.ts";
import { APP_DIRECTORY, SAMPLES, type Stack, startStack } from "../../dev/stack/start-stack.ts";
import { StackDriver } from "./drive-stack.ts";
import { until } from "./waiting.ts";

/** Of those that are there, spread over all of them. */
const FOREIGN = 250;

let language: LanguageService;
let stack: Stack;
let driver: StackDriver;

beforeAll(async () => {
  language = await startLanguageService({ projects: SAMPLES });
  stack = await startStack({ language: { endpoint: language.url, key: language.key } });
  driver = new StackDriver(stack);
});

afterAll(async () => {
  await stack?.stop();
  await language?.stop();
});

const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");

describe("documents that nobody here wrote", () => {
  it(`each end in exactly one place: ${FOREIGN} READMEs and LICENSEs of the installed packages`, async () => {
    const modules = join(APP_DIRECTORY, "node_modules");
    const { documents } = await listFolder(modules);
    const found = documents.filter(({ name }) => /(^|\/)(readme|licen[cs]e)[^/]*$/i.test(name));
    const texts = await Promise.all(
      found.map(async ({ name, file }) => [`tickets/packages/${name}`, await readFile(file)] as [string, Buffer]),
    );
    // Most packages have the same licence: of those only one.
    const different = [...new Map(texts.map((text) => [text[1].toString("latin1"), text])).values()];
    const step = different.length / FOREIGN;
    const contents = Array.from({ length: FOREIGN }, (_, n) => different[Math.floor(n * step)]).filter(
      (text) => text !== undefined,
    );
    expect(new Set(contents).size).toBe(FOREIGN);
    expect(contents.length).toBeGreaterThan(200);
    await driver.drop(contents);
    await driver.recordsUnder("tickets/tickets/packages/", contents.length);
    expect(await driver.broken(contents.map(([name]) => name))).toEqual([]);
  });
});

/** They fill 24 jobs; 25 keep the promise of 24 to a job, and 26 break it. */
const SMALL = 600;

describe(`${SMALL} small documents`, () => {
  it("each end in one place, at least 24 to a job, with at most three calls for a job, each analysed once", async () => {
    const documents = Array.from(
      { length: SMALL },
      (_, n) =>
        [`tickets/many/${n}.txt`, `Ticket ${n}: the invoice of order ${n * 7} was charged twice.`] as [string, string],
    );
    const before = language.stats();
    await driver.drop(documents);
    await driver.recordsUnder("tickets/tickets/many/", SMALL);
    await until(
      "the lanes to be done",
      async () => (await driver.get<{ pipelines: { lanes: { batch?: object }[] }[] }>("pipelines")).pipelines,
      (pipelines) => pipelines.every(({ lanes }) => lanes.every(({ batch }) => batch === undefined)),
    );
    const after = language.stats();
    const jobs = after.jobs.accepted - before.jobs.accepted;
    const total = (requests: Record<string, number>): number => Object.values(requests).reduce((sum, n) => sum + n, 0);
    const calls = total(after.requests) - total(before.requests);
    expect(SMALL / jobs).toBeGreaterThanOrEqual(24);
    expect(calls / jobs).toBeLessThanOrEqual(3);
    const times = new Map(after.analyses.map(({ textHash, count }) => [textHash, count]));
    expect(documents.filter(([, text]) => times.get(hashOf(text)) !== 1)).toEqual([]);
    expect(await driver.broken(documents.map(([name]) => name))).toEqual([]);
  });
});

it("did nothing that Azure would punish", () => {
  expect([...stack.host.violations]).toEqual([]);
});
