import { beforeEach, describe, expect, test } from "vitest";
import { AppSettings } from "../src/app-settings.ts";
import type { BindingInfo, RetryOptions } from "../src/core-api.ts";
import { AppRegistrations } from "../src/core-shim.ts";
import { catalogFunctions } from "../src/function-catalog.ts";
import type { HostFunction } from "../src/host-function.ts";
import type { HostViolation } from "../src/violations.ts";

let registrations: AppRegistrations;
let violations: HostViolation[];
beforeEach(() => {
  registrations = new AppRegistrations();
  violations = [];
});

function register(
  name: string,
  trigger: Partial<BindingInfo>,
  more: Record<string, BindingInfo> = {},
  retry?: RetryOptions,
) {
  const bindings = { trigger: { direction: "in", type: "httpTrigger", ...trigger } as BindingInfo, ...more };
  registrations.addFunction({ name, bindings, ...(retry && { retryOptions: retry }) }, () => {});
}

const catalog = (settings: Record<string, string> = {}): HostFunction[] =>
  catalogFunctions(registrations, new AppSettings({ AzureWebJobsStorage: "storage", ...settings }), (each) =>
    violations.push(each),
  );

describe("what Azure would accept", () => {
  test("bindings are read with their settings filled in", () => {
    register(
      "intake",
      { type: "blobTrigger", path: "%IN%/{name}", connection: "Other" },
      {
        client: { type: "durableClient", direction: "in" },
        out: { type: "queue", direction: "out", queueName: "%OUT%", connection: "" },
      },
    );
    const [intake] = catalog({ IN: "input", OUT: "output", Other: "elsewhere" });
    expect(intake).toMatchObject({
      id: "Host.Functions.intake",
      triggerBinding: "trigger",
      trigger: { kind: "blob", connection: "elsewhere", source: "LogsAndContainerScan", deferred: false },
      clientBindings: ["client"],
      outputs: [{ kind: "queue", binding: "out", connection: "storage" }],
    });
  });

  test("an HTTP function answers under its name unless it has a route", () => {
    register("health", { methods: ["get"], authLevel: "anonymous" });
    expect(catalog()[0]?.trigger).toMatchObject({ kind: "http", methods: ["GET"], route: { template: "health" } });
  });

  test("a setting disables a function", () => {
    register("one", {});
    register("two", {});
    expect(catalog({ "AzureWebJobs.one.Disabled": "true" }).map(({ name }) => name)).toEqual(["two"]);
  });
});

describe("what Azure would not run is refused at start", () => {
  test.each<[string, () => void, string]>([
    [
      "a missing setting",
      () => register("intake", { type: "blobTrigger", path: "%IN%/{name}" }),
      'Function "intake", binding blobTrigger: "%IN%/{name}" needs the app setting IN, which is not set.',
    ],
    [
      "a missing connection",
      () => register("work", { type: "queueTrigger", queueName: "work", connection: "Nope" }),
      'Function "work", binding queueTrigger: the connection needs the app setting AzureWebJobsNope or Nope',
    ],
    [
      "an unknown trigger",
      () => register("hub", { type: "eventHubTrigger" }),
      'Function "hub": this host does not support a trigger binding of type "eventHubTrigger".',
    ],
    [
      "an unknown output",
      () => register("f", {}, { out: { type: "cosmosDB", direction: "out" } }),
      'Function "f": this host does not support an output binding of type "cosmosDB".',
    ],
    [
      "an unknown input",
      () => register("f", {}, { in: { type: "blob", direction: "in" } }),
      'Function "f": this host does not support an input binding of type "blob". Read the blob with @azure/storage-blob',
    ],
    [
      "a response without a request",
      () =>
        register(
          "f",
          { type: "timerTrigger", schedule: "0 0 0 * * *" },
          { $return: { type: "http", direction: "out" } },
        ),
      "an HTTP response needs an HTTP trigger",
    ],
    [
      "a bad schedule",
      () => register("f", { type: "timerTrigger", schedule: "* * * * *" }),
      'Function "f", binding timerTrigger',
    ],
    ["a missing option", () => register("f", { type: "queueTrigger" }), "queueName"],
    ["an unknown source", () => register("f", { type: "blobTrigger", path: "input/{n}", source: "Polling" }), "source"],
    ["a name Azure refuses", () => register("2fast", {}), '"2fast" is not a function name'],
    ["no trigger", () => register("f", { type: "http", direction: "out" }), 'Function "f" has 0 triggers'],
  ])("%s", (_what, prepare, message) => {
    prepare();
    expect(() => catalog()).toThrow(message);
  });

  test("names that differ only in case", () => {
    register("Bad", {});
    register("bad", {});
    expect(() => catalog()).toThrow('Functions "Bad" and "bad" differ only in case; Azure takes them for one.');
  });

  test("the same name twice", () => {
    register("twice", {});
    expect(() => register("twice", {})).toThrow('A function with id "twice" has already been registered.');
  });

  test("a registration after start", () => {
    registrations.locked = true;
    expect(() => register("late", {})).toThrow(/only be registered during app startup/);
  });
});

describe("retry policies", () => {
  const retry: RetryOptions = { retryStrategy: "fixedDelay", maxRetryCount: 3, delayInterval: { seconds: 1 } };

  test.each(["blobTrigger", "queueTrigger"])("a %s function is told that Azure ignores its policy", (type) => {
    register("f", { type, path: "input/{name}", queueName: "work" }, {}, retry);
    catalog();
    expect(violations).toEqual([
      {
        code: "retry-ignored",
        functionName: "f",
        message: expect.stringMatching(/which Azure ignores for a (blob|queue) trigger/),
      },
    ]);
  });

  test("a timer's policy is kept", () => {
    register("f", { type: "timerTrigger", schedule: "0 0 0 * * *" }, {}, retry);
    expect(catalog()[0]?.trigger).toMatchObject({ retry });
    expect(violations).toEqual([]);
  });
});
