import { spawnSync } from "node:child_process";
import type { TestContext } from "vitest";

/**
 * A program that a test needs and a user's machine may lack. Where it does not answer a run of CI fails, because it is
 * there to check; on any other machine the test that asks is skipped, with the printed reason.
 */
export function toolForTests(command: readonly string[], hint: string): (context: Pick<TestContext, "skip">) => void {
  const [program = "", ...args] = command;
  if (spawnSync(program, args).status === 0) return () => {};
  const reason = `${program} is not on the PATH (${hint})`;
  if (process.env.CI) throw new Error(reason);
  console.warn(`Some tests are skipped: ${reason}`);
  return ({ skip }) => skip(reason);
}
