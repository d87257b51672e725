import type { LogEntry } from "functions-emulator/log";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Stack, startStack } from "../../dev/stack/start-stack.ts";
import { COST_MODEL } from "../../scripts/cost/cost-model.ts";
import { StackDriver } from "./drive-stack.ts";
import { ownAccount } from "./own-account.ts";
import { until } from "./waiting.ts";

/** From when to when one function ran, in milliseconds. */
interface Execution {
  name: string;
  from: number;
  to: number;
}

const DURABLE = new Set(["lane", "claim", "submit", "collect"]);
/** Of Flex Consumption: an instance that begins to work is billed for this at least. */
const SHORTEST_PERIOD_MS = 1000;

/** Notes what the host says of every execution. */
function watch(): { executions: Execution[]; log: (entry: LogEntry) => void } {
  const executions: Execution[] = [];
  const open = new Map<string, Execution>();
  const log = ({ time, message, functionName = "" }: LogEntry) => {
    const [, said, id = ""] = /^(Executing|Executed) \((?:\w+, )?Id=([\w-]+)/.exec(message) ?? [];
    if (said === "Executing") open.set(id, { name: functionName, from: time.getTime(), to: time.getTime() });
    const begun = said === "Executed" ? open.get(id) : undefined;
    if (begun !== undefined) executions.push({ ...begun, to: time.getTime() });
  };
  return { executions, log };
}

/** Seconds that one instance is billed: periods in which it works, none shorter than a second. */
function billedSeconds(executions: readonly Execution[]): number {
  let billed = 0;
  let until = 0;
  for (const { from, to } of executions.toSorted((a, b) => a.from - b.from)) {
    const start = Math.max(from, until);
    const end = from < until ? to : Math.max(to, from + SHORTEST_PERIOD_MS);
    if (end <= start) continue;
    billed += end - start;
    until = end;
  }
  return billed / 1000;
}

const { executions, log } = watch();
let stack: Stack;
let driver: StackDriver;

beforeAll(async () => {
  stack = await startStack({ storage: ownAccount(), log, eventGrid: {} });
  driver = new StackDriver(stack);
});
afterAll(() => stack.stop());

/** What the cost page reckons with is what the app does, give or take what a machine's speed and chance change. */
describe("executions", () => {
  it("of a document that comes alone are as many, and billed as long, as docs/cost-meters.json says", async () => {
    await driver.drop([["tickets/alone.txt", "I was charged twice for May."]]);
    await driver.recordsUnder("tickets/tickets/alone.txt", 1);
    // Its lane looks a few times more before it closes; a step of it is never this long in coming.
    const last = () => Promise.resolve(executions.at(-1)?.to ?? 0);
    await until("the lane closed", last, (time) => Date.now() - time > 6000, 60);

    const { alone, document } = COST_MODEL.needs;
    const durable = executions.filter(({ name }) => DURABLE.has(name));
    expect(executions.filter(({ name }) => name === "intake")).toHaveLength(document.executions.value);
    console.info(`${durable.length} executions, ${billedSeconds(durable)} s`);
    expect(durable.length).toBeGreaterThan(alone.executions.value * 0.5);
    expect(durable.length).toBeLessThan(alone.executions.value * 1.3);
    expect(billedSeconds(durable)).toBeGreaterThan(alone.billedSeconds.value * 0.5);
    expect(billedSeconds(durable)).toBeLessThan(alone.billedSeconds.value * 2);
  });
});
