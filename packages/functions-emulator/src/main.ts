#!/usr/bin/env node
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { z } from "zod";
import { startHost } from "./start-host.ts";

const SettingsFile = z.looseObject({ Values: z.record(z.string(), z.coerce.string()).default({}) });

interface Values {
  port: number;
  storage?: string;
  settings?: Record<string, string>;
  set: Record<string, string>;
  data?: string;
  strict: boolean;
  quiet: boolean;
}

const program = new Command("functions-emulator")
  .description("Runs a built Azure Functions app for Node (programming model v4) on this machine.")
  .argument("[app]", "folder with the app's package.json and host.json", appFolder, resolve("."))
  .addOption(new Option("--port <number>", "port to listen on; 0: any free one").default(7071).argParser(port))
  .option("--storage <connection>", "connection string for AzureWebJobsStorage, in place of the settings' own")
  .option(
    "--settings <file>",
    "app settings in the form of local.settings.json (default: that file, if there is one)",
    settingsFile,
  )
  .addOption(
    new Option("--set <name=value>", "one app setting; may be given several times").default({}).argParser(setting),
  )
  .option("--data <folder>", "keep orchestrations there (default: in memory)", madeFolder)
  .option("--strict", "end when the app does what Azure would punish in silence", false)
  .option("--quiet", "no log", false)
  .showHelpAfterError()
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));

try {
  program.parse();
  const [appDirectory = "."] = program.processedArgs as [string];
  const { port, storage, settings, set, data, strict, quiet } = program.opts<Values>();
  const host = await startHost({
    appDirectory,
    port,
    settings: {
      ...(settings ?? localSettings(appDirectory)),
      ...(storage === undefined ? {} : { AzureWebJobsStorage: storage }),
      ...set,
    },
    ...(data === undefined ? {} : { dataDirectory: data }),
    strict,
    ...(quiet ? { log: () => {} } : {}),
  });
  console.log(`ready ${host.url}`);
  const end = async (): Promise<void> => {
    const fault: unknown = await host.stop().catch((error: unknown) => error);
    if (fault !== undefined) console.error(messageOf(fault));
    process.exit(fault === undefined ? 0 : 1);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void end());
} catch (error) {
  console.error(messageOf(error));
  process.exit(1);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function appFolder(path: string): string {
  if (existsSync(join(path, "host.json"))) return resolve(path);
  throw new InvalidArgumentError(`${resolve(path)} has no host.json.`);
}

function port(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= 65_535) return number;
  throw new InvalidArgumentError("It takes a number from 0 to 65535.");
}

function setting(text: string, before: Record<string, string>): Record<string, string> {
  const equals = text.indexOf("=");
  if (equals < 1) throw new InvalidArgumentError("It takes NAME=VALUE.");
  return { ...before, [text.slice(0, equals)]: text.slice(equals + 1) };
}

function settingsFile(path: string): Record<string, string> {
  try {
    return SettingsFile.parse(JSON.parse(readFileSync(path, "utf8"))).Values;
  } catch (error) {
    throw new InvalidArgumentError(`${resolve(path)} is no settings file: ${messageOf(error)}`);
  }
}

function localSettings(app: string): Record<string, string> {
  const file = join(app, "local.settings.json");
  return existsSync(file) ? settingsFile(file) : {};
}

function madeFolder(path: string): string {
  mkdirSync(path, { recursive: true });
  return resolve(path);
}
