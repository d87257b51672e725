import { type LanguageService, startLanguageService } from "language-emulator";
import { textHash } from "language-emulator/text";
import { afterAll, beforeAll, expect, it } from "vitest";
import { SAMPLES, type Stack, startStack } from "../../dev/stack/start-stack.ts";
import { StackDriver } from "./drive-stack.ts";
import { ownAccount } from "./own-account.ts";
import { listNames, until } from "./waiting.ts";

let language: LanguageService;
let stack: Stack;
let driver: StackDriver;
let nth = 0;

beforeAll(async () => {
  language = await startLanguageService({ projects: SAMPLES });
  stack = await startStack({
    storage: ownAccount(),
    language: { endpoint: language.url, key: language.key },
    // Every event arrives three times: at once, soon, and when its document has long ended; and events overtake others.
    eventGrid: { deliveries: () => [(nth++ % 5) * 150, 700, 9_000] },
  });
  driver = new StackDriver(stack);
});

afterAll(async () => {
  await stack?.stop();
  await language?.stop();
});

const analyses = (text: string): number =>
  language.stats().analyses.find((entry) => entry.textHash === textHash(text))?.count ?? 0;

const waitingAnywhere = async (): Promise<number> => {
  const { pipelines } = await driver.get<{ pipelines: { waiting: number; lanes: { batch?: object }[] }[] }>(
    "pipelines",
  );
  return pipelines.reduce((sum, { waiting, lanes }) => sum + waiting + lanes.filter(({ batch }) => batch).length, 0);
};

it("analyses each version once, however often and late its events arrive", async () => {
  const documents = Array.from(
    { length: 60 },
    (_, n) => [`tickets/e/${n}.txt`, `Event ${n}: I cannot log in.`] as [string, string],
  );
  await driver.drop(documents);
  await driver.recordsUnder("tickets/tickets/e/", 60);
  await new Promise((resolve) => setTimeout(resolve, 11_000));
  await until("all late events to be dealt with", waitingAnywhere, (waiting) => waiting === 0);
  expect(documents.map(([, text]) => analyses(text))).toEqual(documents.map(() => 1));
  expect(await driver.broken(documents.map(([name]) => name))).toEqual([]);
});

it("ends with the newer version of a document that is overwritten while the first is analysed", async () => {
  language.setScenario({ rules: [{ when: { text: "first version" }, do: [{ action: "stayRunning", seconds: 6 }] }] });
  const name = "tickets/overwritten.txt";
  await driver.drop([[name, "The first version: my invoice is wrong."]]);
  await until(
    "the first version to be analysed",
    () => driver.get<{ places: { state: string }[] }>(`documents/${name}`),
    ({ places }) => places[0]?.state === "running",
  );
  await driver.drop([[name, "The second and last version: I cannot log in any more."]]);
  language.setScenario({ rules: [] });
  const { etag } = await driver.documents.getBlobClient(name).getProperties();
  const current = async (): Promise<unknown> => {
    const names = await listNames(driver.results, `tickets/${name}`);
    return names.length === 0
      ? undefined
      : ((await driver.readResult("tickets", name)).document as { etag: string }).etag;
  };
  await until("the result of the second version", current, (seen) => seen === etag);
  await until("all late events to be dealt with", waitingAnywhere, (waiting) => waiting === 0);
  expect(await current()).toBe(etag);
  expect(analyses("The second and last version: I cannot log in any more.")).toBe(1);
  expect(await driver.broken([name])).toEqual([]);
});

it("records a document that was deleted before it was read", async () => {
  const name = "tickets/deleted.txt";
  await driver.drop([[name, "Never mind."]]);
  await until(
    "the event to arrive",
    () => driver.get<{ pipelines: { name: string; waiting: number }[] }>("pipelines"),
    ({ pipelines }) => pipelines.some(({ name: pipeline, waiting }) => pipeline === "tickets" && waiting > 0),
  );
  await driver.documents.deleteBlob(name);
  await driver.recordsUnder(`tickets/${name}`, 1);
  expect(await driver.readFailure("tickets", name)).toMatchObject({ error: { code: "DocumentNotFound" } });
});

it("did nothing that Azure would punish", () => {
  expect([...stack.host.violations]).toEqual([]);
});
