import { randomBytes } from "node:crypto";
import { ofAccount } from "azurite-process";
import { inject } from "vitest";

/** Connection string of an account of the run's one storage emulator that no other test has: nothing is in it yet. */
export function ownAccount(): string {
  return ofAccount(inject("storage"), `e2e${randomBytes(8).toString("hex")}`);
}
