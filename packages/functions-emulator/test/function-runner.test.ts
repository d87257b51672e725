import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { TypedData } from "../src/core-api.ts";
import { describe as describeError, FunctionRunner } from "../src/function-runner.ts";
import type { HostFunction, Trigger } from "../src/host-function.ts";
import type { Invoker } from "../src/invoker.ts";
import type { OutputWriter } from "../src/outputs.ts";
import { Telemetry } from "../src/telemetry.ts";
import type { HostViolation } from "../src/violations.ts";

let violations: HostViolation[];
let inputs: Record<string, TypedData> | undefined;
let handler: () => Promise<void>;
let writeOutputs: () => Promise<void>;
beforeEach(() => {
  violations = [];
  handler = async () => {};
  writeOutputs = async () => {};
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

const target = (kind: Trigger["kind"]): HostFunction =>
  ({ name: "f", trigger: { kind }, clientBindings: ["client"] }) as unknown as HostFunction;

function runner(functionTimeout: number): FunctionRunner {
  return new FunctionRunner({
    telemetry: new Telemetry({}, () => {}),
    invoker: {
      invoke: async (_target: HostFunction, input: { inputs?: Record<string, TypedData> }) => {
        ({ inputs } = input);
        await handler();
        return { value: "done", response: {} };
      },
    } as unknown as Invoker,
    outputs: { write: () => writeOutputs() } as unknown as OutputWriter,
    clientBinding: () => "client value",
    functionTimeout,
    log: () => {},
    report: (violation) => violations.push(violation),
  });
}

test("a durable client gets its value", async () => {
  expect((await runner(1000).run(target("queue"), { trigger: {} })).value).toBe("done");
  expect(inputs).toEqual({ client: { string: "client value" } });
});

test("an output that cannot be written fails the invocation", async () => {
  writeOutputs = () => Promise.reject(new Error("no container"));
  await expect(runner(1000).run(target("queue"), { trigger: {} })).rejects.toThrow("no container");
});

test("idle waits for what runs, and for what that sets off", async () => {
  const each = runner(1000);
  const seen: string[] = [];
  handler = async () => {
    handler = async () => {
      await Promise.resolve();
      seen.push("second");
    };
    await Promise.resolve();
    void each.run(target("queue"), { trigger: {} });
    seen.push("first");
  };
  void each.run(target("queue"), { trigger: {} });
  await each.idle();
  expect([seen, each.started]).toEqual([["first", "second"], 2]);
});

describe("an invocation that Azure would have ended", () => {
  test.each([
    ["queue", 60_000, 61_000, "Azure ends it after 60 s"],
    ["http", 1_800_000, 231_000, "Azure ends it after 230 s"],
  ] as const)("of a %s function is told", async (kind, limit, duration, expected) => {
    handler = async () => void vi.advanceTimersByTime(duration);
    await runner(limit).run(target(kind), { trigger: {} });
    expect(violations).toMatchObject([{ code: "function-timeout", functionName: "f" }]);
    expect(violations[0]?.message).toContain(expected);
  });

  test("one within its limit is not", async () => {
    handler = async () => void vi.advanceTimersByTime(59_000);
    await runner(60_000).run(target("queue"), { trigger: {} });
    expect(violations).toEqual([]);
  });
});

test.each([
  [new Error("in words"), /^in words$/],
  [new TypeError(""), /^TypeError/],
  ["text", /^text$/],
])("%s is described", (error, expected) => {
  expect(describeError(error)).toMatch(expected);
});
