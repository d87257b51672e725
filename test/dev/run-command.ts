import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { APP_DIRECTORY } from "../../dev/stack/start-stack.ts";

/** Runs one of the commands under `dev/` to its end, as a user does. */
export async function runCommandFile(
  file: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number | null; output: string; errors: string }> {
  const child = spawn(process.execPath, [join(APP_DIRECTORY, "dev", file), ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [output, errors] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (chunk) => {
    output += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk) => {
    errors += chunk;
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, output, errors };
}
