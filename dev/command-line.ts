import { mkdir, readdir, readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { reasonOf } from "./reason.ts";

/** The command line asks for what cannot be: which option, what it takes, what was found. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * Runs a command. What stops it is said in words, never as a stack; the process then ends with code 2 for a UsageError
 * and 1 for anything else.
 */
export async function runCommand(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(error instanceof UsageError ? 2 : 1);
  }
}

/**
 * The options of a command that takes no positional arguments. `--help` prints the usage and ends the process.
 * @throws UsageError with the usage for an unknown option, a missing value or a positional argument
 */
export function readArguments<T extends ParseArgsOptionsConfig>(
  usage: string,
  options: T,
  args: string[] = process.argv.slice(2),
): Values<T> {
  const { help, ...values }: Record<string, unknown> = parse(usage, { ...options, help: { type: "boolean" } }, args);
  if (help !== true) return values as Values<T>;
  console.log(usage);
  process.exit(0);
}

type Values<T extends ParseArgsOptionsConfig> = ReturnType<typeof parseArgs<{ options: T }>>["values"];

function parse<T extends ParseArgsOptionsConfig>(usage: string, options: T, args: string[]): Values<T> {
  try {
    return parseArgs({ options, args }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}\n\n${usage}`);
  }
}

/** @throws UsageError for what is no TCP port */
export function readPort(value: string): number {
  const port = Number(value);
  if (/^\d+$/.test(value) && port <= 65_535) return port;
  throw new UsageError(`--port takes a number from 0 to 65535, not ${value === "" ? "nothing" : value}.`);
}

/** Reads the file that an option names. @throws UsageError when it cannot be read */
export async function readOptionFile(option: string, path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new UsageError(`--${option} takes a file that can be read; ${resolve(path)}: ${reasonOf(error)}.`);
  }
}

/** Whole path of the folder that an option names. @throws UsageError when there is none */
export async function findOptionFolder(option: string, path: string): Promise<string> {
  const folder = resolve(path);
  try {
    await readdir(folder);
    return folder;
  } catch (error) {
    throw new UsageError(`--${option} takes a folder; ${folder}: ${reasonOf(error)}.`);
  }
}

/** As `findOptionFolder`, and makes the folder when it is missing. */
export async function makeOptionFolder(option: string, path: string): Promise<string> {
  await mkdir(resolve(path), { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === "EEXIST" ? "this is a file" : reasonOf(error);
    throw new UsageError(`--${option} takes a folder; ${resolve(path)}: ${reason}.`);
  });
  return findOptionFolder(option, path);
}
