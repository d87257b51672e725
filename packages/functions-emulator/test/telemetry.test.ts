import { expect, test } from "vitest";
import type { LogLevel } from "../src/core-api.ts";
import { type Invocation, Telemetry, type TelemetryItem, telemetryBytes } from "../src/telemetry.ts";

const intake: Invocation = {
  functionName: "intake",
  invocationId: "0f8fad5b-d9cb-469f-a165-70867728950e",
  reason: "New blob detected(EventGrid): documents/tickets/1.txt",
  bindings: 2,
  hasDetails: true,
};

function sent(levels: Record<string, LogLevel>, failed = false): TelemetryItem[] {
  const items: TelemetryItem[] = [];
  const telemetry = new Telemetry(levels, (item) => items.push(item));
  telemetry.begun(intake);
  telemetry.line("intake", "information", '{"event":"intake.queued"}');
  telemetry.ended(intake, 12.4, failed);
  telemetry.durable("claim (activity)", "started");
  return items;
}
const told = (items: TelemetryItem[]): string[] => items.map(({ kind, category }) => `${kind} ${category}`);

test("an invocation is what was counted on a real host: seven items and seven kilobytes for a blob function with an event", () => {
  const items = sent({ default: "information", "Host.Triggers.DurableTask": "warning" });
  expect(told(items)).toEqual([
    "trace Function.intake",
    "trace Function.intake",
    "dependency Host.Bindings",
    "dependency Host.Bindings",
    "trace Function.intake.User",
    "trace Function.intake",
    "request Host.Results",
  ]);
  const bytes = items.reduce((sum, item) => sum + telemetryBytes(item), 0);
  expect(bytes).toBeGreaterThan(6_500);
  expect(bytes).toBeLessThan(7_500);
});

test("the longest name that a category begins with decides, whatever its case, and default for the others", () => {
  const items = sent({
    default: "warning",
    "function.INTAKE": "error",
    "Function.intake.User": "information",
    "Host.Triggers": "trace",
  });
  expect(told(items)).toEqual(["trace Function.intake.User", "trace Host.Triggers.DurableTask"]);
});

test("a failure is an error, and passes where success does not", () => {
  const levels = { default: "information", "Function.intake": "warning", "Host.Results": "error" } as const;
  expect(told(sent({ ...levels, "Host.Bindings": "warning" }, true))).toEqual([
    "trace Function.intake",
    "request Host.Results",
    "trace Host.Triggers.DurableTask",
  ]);
});

test("without levels information is sent", () => {
  expect(sent({})).toHaveLength(8);
});
