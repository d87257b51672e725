/**
 * A run from the terminal: uploads a folder, watches it, downloads what came of it. Against any deployed app or the local
 * stack.
 *
 *     npm run batch -- contracts-2026 --pipeline contracts
 */
import { runCommand } from "../dev/command-line.ts";
import { readBatchArguments } from "./batch/arguments.ts";
import { runBatch } from "./batch/run-batch.ts";

await runCommand(async () => {
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    // The second one ends the process as if nobody listened.
    process.once(signal, () => interrupted.abort());
  }
  const given = readBatchArguments(process.argv.slice(2), process.env);
  process.exitCode = await runBatch(given, { out: process.stdout, signal: interrupted.signal });
}, 2);
