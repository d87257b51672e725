import type { Run } from "../run/run-plan.ts";
import type { Violation } from "./violation.ts";

/** Tries of a resource that takes nothing: by each lane and process at first, and then with growing pauses. */
const FIRST_TRIES = 20;
const TRIES_PER_MINUTE = 2;

/** A job stays with the resource that has it, and a resource that takes nothing is left alone. */
export function checkResources({ plan, world }: Run): Violation[] {
  const { strays, submissions } = world.language.ledger;
  const violations: Violation[] = [];
  const found = (message: string): void => void violations.push({ promise: "resources", message });
  for (const { jobId, endpoint, owner } of strays.slice(0, 3))
    found(`The job ${jobId} of ${owner} is asked for at ${endpoint}`);
  const minutes = world.since / 60_000;
  for (const fault of plan.faults) {
    if (fault.kind !== "resource" || !fault.forGood) continue;
    const tries = submissions.get(fault.endpoint) ?? 0;
    if (tries > FIRST_TRIES + TRIES_PER_MINUTE * minutes)
      found(
        `${fault.endpoint}, which takes nothing (${fault.name}), was asked ${tries} times in ${minutes.toFixed(0)} minutes`,
      );
  }
  return violations;
}
