import { join, resolve } from "node:path";
import { RealClock } from "./clock.ts";
import type { DurableStore } from "./durable/contract.ts";
import { DurableEngine } from "./durable/engine.ts";
import { MemoryStore, SqliteStore } from "./durable/stores.ts";
import { durableFunctionNames, durableInvoker } from "./durable-functions.ts";
import { openFunctionApp } from "./function-app.ts";
import { FunctionRunner } from "./function-runner.ts";
import { Host } from "./host.ts";
import { hasTrigger } from "./host-function.ts";
import type { HostOptions } from "./host-options.ts";
import { durablePrefixes, hostRoutes } from "./http/host-routes.ts";
import { HttpFunctions } from "./http/http-functions.ts";
import { HttpServer } from "./http/http-server.ts";
import { KeyCheck } from "./http/keys.ts";
import { Invoker } from "./invoker.ts";
import { consoleLog, type HostLog, type LogSink } from "./log.ts";
import { OutputWriter } from "./outputs.ts";
import { StorageClients } from "./storage.ts";
import { Telemetry } from "./telemetry.ts";
import { createTriggers } from "./triggers.ts";
import { knownDifferences, StartError, Violations } from "./violations.ts";

export type { Host, HostOptions };

/** Set while a host runs: the library, the environment and the app's modules are one for the whole process. */
let running = false;

/**
 * Loads an unmodified, built Azure Functions v4 app into this process and runs it on real storage.
 *
 * One host at a time can run in a process. Its app's code is loaded once for the life of the process; starting the same
 * app again reuses it, with new settings in the environment but without reading them anew where the app reads them on
 * loading.
 *
 * @throws StartError for an app or configuration that cannot run, ViolationError in a strict host.
 */
export async function startHost(options: HostOptions): Promise<Host> {
  if (running) throw new StartError("A host is already running in this process; stop it first.");
  running = true;
  const undo: (() => unknown)[] = [() => (running = false)];
  const close = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    return await start(options, undo, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(options: HostOptions, undo: (() => unknown)[], close: () => Promise<void>): Promise<Host> {
  const clock = options.clock ?? new RealClock();
  const violations = new Violations(({ code, message, functionName }) =>
    log("warning", `${code}: ${message}`, functionName),
  );
  const report = violations.add.bind(violations);
  const write = watchLines(options.log ?? consoleLog(), report);
  const log: HostLog = (level, message, functionName) =>
    write({ time: new Date(clock.now()), level, category: "host", message, ...(functionName && { functionName }) });

  const server = await HttpServer.listen(options.port ?? 0, (error) => log("error", `A request failed: ${error}`));
  undo.push(() => server.close());
  const authority = `localhost:${server.port}`;
  const { loaded, functions, hostJson, hostId, hostStorage } = await openFunctionApp({
    directory: resolve(options.appDirectory),
    settings: options.settings,
    authority,
    log: (level, category, message) => write({ time: new Date(clock.now()), level, category, message }),
    report,
    onClose: (step) => undo.push(step),
  });

  const storage = new StorageClients();
  const telemetry = new Telemetry(hostJson.logLevel, options.telemetry ?? (() => {}));
  const writeBoth: LogSink = (entry) => {
    if (entry.functionName !== undefined && entry.category === "user") {
      telemetry.line(entry.functionName, entry.level, entry.message);
    }
    write(entry);
  };
  const invoker = new Invoker(loaded, writeBoth, () => clock.now());
  const outputs = new OutputWriter({
    storage,
    messageEncoding: hostJson.queues.messageEncoding,
    now: () => clock.now(),
    onEnqueued: (url) => triggers.queues.find((queue) => queue.url === url)?.wake(),
  });
  const keys = new KeyCheck(options.keys);
  const webhook = `http://${authority}/${durablePrefixes[0]}`.replace(/\/$/, "");
  const runner = new FunctionRunner({
    invoker,
    outputs,
    clientBinding: () => engine.clientBinding(webhook, `http://127.0.0.1:${server.port}/${durablePrefixes[1]}`),
    functionTimeout: hostJson.functionTimeout,
    telemetry,
    log,
    report,
  });
  const store = options.durableStore ?? defaultStore(options.dataDirectory);
  const engine = new DurableEngine({
    ...options.durable,
    clock,
    store,
    invoke: durableInvoker(functions, runner, telemetry),
    functions: durableFunctionNames(functions),
    taskHub: hostJson.taskHub,
    webhookKey: keys.system,
    workItemVisibilityTimeout: hostJson.workItemVisibilityTimeout,
    onViolation: report,
    log,
  });
  const triggers = createTriggers({
    functions,
    runner,
    storage,
    hostStorage,
    hostId,
    settings: hostJson,
    clock,
    scanInterval: (options.scanIntervalSeconds ?? 1) * 1000,
    longestWait: (options.pollIntervalSeconds ?? 1) * 1000,
    lockSeconds: options.messageLockSeconds ?? 15,
    log,
    report,
  });
  const { routePrefix } = hostJson;
  const httpFunctions = new HttpFunctions({
    functions: functions.filter((each) => hasTrigger(each, "http")),
    routePrefix,
    runner,
    keys,
    report,
  });
  if (options.strict) violations.assertNone();

  const url = `http://${authority}`;
  const host = new Host({
    url,
    functions,
    engine,
    runner,
    ...triggers,
    violations,
    strict: options.strict ?? false,
    reject: () => server.reject(durablePrefixes),
    close,
  });
  undo.push(watchCrashes(log));
  try {
    await engine.start();
    server.serve(
      hostRoutes({
        hostId,
        functions,
        httpFunctions,
        engine,
        keys,
        fire: (target, input) => host.invoke(target.name, input),
        enqueueBlob: (message) => triggers.blobs.enqueue(message),
        report,
      }),
    );
    triggers.blobs.start();
    for (const queue of triggers.queues) queue.start();
    for (const timer of triggers.timers.values()) await timer.start();
  } catch (error) {
    await host.stop().catch(() => {}); // the reason to stop is what the caller wants to know
    throw error;
  }
  for (const each of functions) {
    const where = hasTrigger(each, "http") ? ` ${each.trigger.methods} ${httpFunctions.urlOf(each, url)}` : "";
    log("information", `${each.trigger.kind}${where}`, each.name);
  }
  log("information", `${functions.length} functions loaded`);
  log("information", `Different from Azure:\n${knownDifferences.map((each) => `  - ${each}`).join("\n")}`);
  return host;
}

function defaultStore(dataDirectory: string | undefined): DurableStore {
  return dataDirectory === undefined
    ? new MemoryStore()
    : new SqliteStore(join(resolve(dataDirectory), "durable.sqlite"));
}

/** The library itself notices a log call of an invocation that has ended, which Azure loses or files under another one. */
function watchLines(write: LogSink, report: Violations["add"]): LogSink {
  return (entry) => {
    write(entry);
    if (entry.category !== "system" || !/Unexpected call to 'log'/.test(entry.message)) return;
    report({
      code: "log-after-end",
      message: entry.message,
      ...(entry.functionName && { functionName: entry.functionName }),
    });
  };
}

/** An error that nobody handles ends the process, here as in Azure's worker; it is only told, not prevented. */
function watchCrashes(log: HostLog): () => void {
  const tell = (error: unknown): void =>
    log("critical", `An error that nobody handled ends the process, as it ends the worker in Azure: ${error}`);
  process.on("uncaughtExceptionMonitor", tell);
  return () => process.off("uncaughtExceptionMonitor", tell);
}
