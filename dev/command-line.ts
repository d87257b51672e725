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
 * and with `otherwise` for anything else.
 */
export async function runCommand(run: () => Promise<void>, otherwise = 1): Promise<void> {
  try {
    await run();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(error instanceof UsageError ? 2 : otherwise);
  }
}

/**
 * The options of a command that takes no positional arguments. `--help` prints the usage and ends the process.
 * @throws UsageError with the usage for an unknown option, a missing value or a positional argument
 */
export function readOptions<T extends ParseArgsOptionsConfig>(
  usage: string,
  options: T,
  args: readonly string[] = process.argv.slice(2),
): Values<T> {
  return parse(usage, options, args, false).values;
}

/** As `readOptions`, for a command that takes positional arguments too. */
export function readCommand<T extends ParseArgsOptionsConfig>(usage: string, options: T, args: readonly string[]) {
  return parse(usage, options, args, true);
}

type Values<T extends ParseArgsOptionsConfig> = ReturnType<typeof parseArgs<{ options: T }>>["values"];

function parse<T extends ParseArgsOptionsConfig>(
  usage: string,
  options: T,
  args: readonly string[],
  allowPositionals: boolean,
): { values: Values<T>; positionals: string[] } {
  const all = { ...options, help: { type: "boolean" } } as const;
  const { values, positionals } = withUsage(usage, () =>
    parseArgs({ options: all, args: [...args], allowPositionals }),
  );
  const { help, ...others }: Record<string, unknown> = values;
  if (help !== true) return { values: others as Values<T>, positionals };
  console.log(usage);
  process.exit(0);
}

/** Runs what reads a command line. @throws UsageError with the usage for any error in it */
export function withUsage<T>(usage: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${error instanceof Error ? error.message : error}\n\n${usage}`);
  }
}

/** @throws UsageError for what is no TCP port */
export function readPort(value: string): number {
  const port = Number(value);
  if (/^\d+$/.test(value) && port <= 65_535) return port;
  throw new UsageError(`--port takes a number from 0 to 65535, not ${value === "" ? "nothing" : value}.`);
}

/** Name and value of `NAME=VALUE`. @throws UsageError for anything else */
export function readSetting(text: string): [string, string] {
  const equals = text.indexOf("=");
  if (equals > 0) return [text.slice(0, equals), text.slice(equals + 1)];
  throw new UsageError(`--set takes NAME=VALUE, not ${text === "" ? "nothing" : text}.`);
}

/**
 * Reads a file that somebody named at a terminal.
 * @param advice what to do when it cannot be read
 * @throws UsageError when it cannot be read
 */
export async function readNamedFile(path: string, advice: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${reasonOf(error)}. ${advice}`);
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
