import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type TelemetryItem, telemetryBytes } from "functions-emulator/telemetry";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { APP_DIRECTORY, type Stack, startStack } from "../../dev/stack/start-stack.ts";
import { COST_MODEL } from "../../scripts/cost/cost-model.ts";
import { StackDriver } from "./drive-stack.ts";
import { ownAccount } from "./own-account.ts";

/** Documents that come in small batches cost most: each batch has events of its own. */
const BATCHES = 4;
const DOCUMENTS = 5;

const hostJson = z.object({ logging: z.object({ logLevel: z.record(z.string(), z.string()) }) });

const items: TelemetryItem[] = [];
let stack: Stack;
let driver: StackDriver;

beforeAll(async () => {
  stack = await startStack({ storage: ownAccount(), telemetry: (item) => items.push(item), eventGrid: {} });
  driver = new StackDriver(stack);
});
afterAll(() => stack.stop());

const events = (name: string): TelemetryItem[] => items.filter(({ message }) => message.includes(`"event":"${name}"`));

describe("telemetry", () => {
  it("is kept down for functions that there are, and never their events", () => {
    const { logging } = hostJson.parse(JSON.parse(readFileSync(join(APP_DIRECTORY, "host.json"), "utf8")));
    const quiet = Object.keys(logging.logLevel).flatMap((name) => /^Function\.(\w+)$/.exec(name)?.[1] ?? []);
    expect(stack.host.functions.map(({ name }) => name)).toEqual(expect.arrayContaining(quiet));
    expect(quiet.length).toBeGreaterThan(3);
    for (const name of quiet) expect(logging.logLevel[`Function.${name}.User`]).toBe("Information");
  });

  it("of a document is at most what docs/cost-meters.json says, with host.json's levels, and tells of each one", async () => {
    for (let batch = 0; batch < BATCHES; batch++) {
      const names = Array.from({ length: DOCUMENTS }, (_, n) => `tickets/${batch}/${n}.txt`);
      await driver.drop(names.map((name) => [name, `${name}: I was charged twice for May.`]));
      await driver.recordsUnder("tickets/tickets/", (batch + 1) * DOCUMENTS);
    }
    await expect.poll(() => events("batch.finished").length, { timeout: 20_000 }).toBeGreaterThan(0);

    const ofDocuments = items.filter(({ category }) => !/sweep/i.test(category));
    const bytes = ofDocuments.reduce((sum, item) => sum + telemetryBytes(item), 0) / (BATCHES * DOCUMENTS);
    console.info(`${Math.round(bytes)} bytes of telemetry for a document`);
    expect(bytes).toBeLessThanOrEqual(COST_MODEL.needs.document.logBytes.value);
    expect(events("document.succeeded")).toHaveLength(BATCHES * DOCUMENTS);
  });
});
