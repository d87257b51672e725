import type { TestProject } from "vitest/node";
import { startAzurite } from "./azurite.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Connection string of the one storage emulator of this test run. */
    storage: string;
  }
}

/** One storage emulator for the whole run; tests keep apart by the names of their containers, or by accounts (`ofAccount`). */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const azurite = await startAzurite();
  project.provide("storage", azurite.connectionString);
  return () => azurite.stop();
}
