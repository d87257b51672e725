import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { AppRegistrations, installCore } from "../src/core-shim.ts";

const context = (hookData = {}) => ({ hookData, appHookData: {} });

test("the module is the same for everyone who asks for it", () => {
  const core = installCore();
  expect(installCore()).toBe(core);
  expect(createRequire(import.meta.url)("@azure/functions-core")).toBe(core);
});

test("without a running host a registration says so", () => {
  const { registerFunction } = installCore() as unknown as { registerFunction(metadata: unknown): void };
  expect(() => registerFunction({ name: "f", bindings: {} })).toThrow("No Functions host is running in this process.");
});

test("hooks run in the order of their registration until one throws or is disposed of", async () => {
  const registrations = new AppRegistrations();
  const seen: string[] = [];
  registrations.addHook("preInvocation", () => seen.push("first"));
  const second = registrations.addHook("preInvocation", async () => seen.push("second"));
  registrations.addHook("preInvocation", () => Promise.reject(new Error("stop")));
  registrations.addHook("preInvocation", () => seen.push("never"));
  await expect(registrations.runHooks("preInvocation", context())).rejects.toThrow("stop");
  second.dispose();
  await expect(registrations.runHooks("preInvocation", context())).rejects.toThrow("stop");
  expect(seen).toEqual(["first", "second", "first"]);
});

test("an unknown hook is the runtime's own range error, which the library understands", () => {
  expect(() => new AppRegistrations().addHook("midInvocation", () => {})).toThrow(
    expect.objectContaining({ name: "RangeError", isAzureFunctionsSystemError: true }),
  );
});

test("a log hook changes the app's lines only", () => {
  const registrations = new AppRegistrations();
  registrations.addHook("log", (line) => {
    line.message = "changed";
    line.level = "error";
  });
  expect(registrations.runLogHooks("debug", "user", "mine")).toEqual({ level: "error", message: "changed" });
  expect(registrations.runLogHooks("debug", "system", "theirs")).toEqual({ level: "debug", message: "theirs" });
});
