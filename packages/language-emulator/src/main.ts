#!/usr/bin/env node
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { DEFAULT_KEY } from "./http/auth.ts";
import { TIER_S } from "./limits.ts";
import type { ScenarioDefinition } from "./scenario/schema.ts";
import type { LanguageServiceOptions } from "./service.ts";
import { TASK_STATES, type TaskState } from "./text-analytics-v3/versions.ts";

/** Seconds. */
type Range = { from: number; to: number };

/** What the command line gives; files are read and folders found before anything starts. */
interface Values {
  port: number;
  key: string[];
  projects?: string;
  data?: string;
  storage?: string;
  scenario?: ScenarioDefinition;
  jobSeconds: Range;
  trainingSeconds: Range;
  certificate?: string;
  certificateKey?: string;
  rateLimits: boolean;
  rateCounting: "together" | "apart";
  taskState?: TaskState;
}

const program = new Command("language-emulator")
  .description("The Language service, emulated.")
  .addOption(new Option("--port <number>", "port to listen on; 0: any free one").default(0).argParser(port))
  .addOption(
    new Option("--key <key>", "key to accept; may be given several times")
      .default([DEFAULT_KEY], DEFAULT_KEY)
      .argParser(collected()),
  )
  .option("--projects <folder>", "folder with labels/ and training/, served as deployment production", folder)
  .option("--data <folder>", "keep jobs, projects and models there (default: in memory)", madeFolder)
  .option("--storage <connection>", "storage account with the projects' texts (default: containers of its own)")
  .option("--scenario <file>", "what shall go wrong (JSON); SCENARIOS.md says what it may say", scenario)
  .addOption(new Option("--job-seconds <a,b>", "jobs take from A to B seconds").default(range("1,3")).argParser(range))
  .addOption(
    new Option("--training-seconds <a,b>", "trainings take from A to B seconds").default(range("3,6")).argParser(range),
  )
  .option(
    "--certificate <file>",
    "speak HTTPS with this certificate (PEM), as callers with an Entra token want",
    content,
  )
  .option("--certificate-key <file>", "its private key (PEM)", content)
  .option("--rate-limits", "enforce the limits of tier S", false)
  .addOption(
    new Option("--rate-counting <how>", "whether submits and looks share those limits")
      .choices(["together", "apart"])
      .default("together"),
  )
  .addOption(
    new Option(
      "--task-state <word>",
      "how tasks of /text/analytics say where they stand (default: as each version did)",
    ).choices(TASK_STATES),
  )
  .showHelpAfterError()
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));

try {
  const options = optionsOf(program.parse().opts<Values>());
  // Who asks for help, or mistypes an option, does not wait until the whole service is loaded.
  const { startLanguageService } = await import("./service.ts");
  const service = await startLanguageService(options);
  console.log(`Language service at ${service.url}, key ${service.key}`);
  for (const project of service.projects.projects()) {
    const { projectName, projectKind } = project.metadata;
    const deployments = [...project.deployments.keys()].join(", ");
    console.log(`  ${projectKind} ${projectName}: ${deployments}; ${service.projects.publishedModelId(project)}`);
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void service.stop());
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}

function optionsOf({ key, certificate, certificateKey, rateLimits, ...values }: Values): LanguageServiceOptions {
  if ((certificate === undefined) !== (certificateKey === undefined)) {
    program.error("--certificate and --certificate-key go together.");
  }
  return {
    ...values,
    keys: key,
    ...(certificate === undefined || certificateKey === undefined
      ? {}
      : { certificate: { cert: certificate, key: certificateKey } }),
    ...(rateLimits ? { rateLimits: TIER_S } : {}),
  };
}

function port(value: string): number {
  if (/^\d+$/.test(value) && Number(value) <= 65_535) return Number(value);
  throw new InvalidArgumentError("It takes a number from 0 to 65535.");
}

/** The first value given takes the place of the default. */
function collected(): (value: string) => string[] {
  const values: string[] = [];
  return (value) => {
    values.push(value);
    return values;
  };
}

function range(value: string): Range {
  const [from = Number.NaN, to = from] = value.split(",").map(Number);
  if (from >= 0 && to >= from) return { from, to };
  throw new InvalidArgumentError("It takes two numbers, the smaller first, such as 1,3.");
}

function content(path: string): string {
  return found(() => readFileSync(path, "utf8"), "a file that can be read", path);
}

function folder(path: string): string {
  found(() => readdirSync(path), "a folder", path);
  return resolve(path);
}

function madeFolder(path: string): string {
  found(() => mkdirSync(path, { recursive: true }), "a folder", path);
  return folder(path);
}

/** The service checks what is in it. */
function scenario(path: string): ScenarioDefinition {
  const text = content(path);
  return found(() => JSON.parse(text), "a JSON file", path);
}

/** @param what the option takes */
function found<T>(find: () => T, what: string, path: string): T {
  try {
    return find();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InvalidArgumentError(`It takes ${what}; ${resolve(path)}: ${reason}.`);
  }
}
