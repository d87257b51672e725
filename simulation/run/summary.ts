import { checkRun } from "../check/check-run.ts";
import type { Violation } from "../check/violation.ts";
import type { LoadedApp } from "../engine/loaded-app.ts";
import type { Plan } from "../plan/fault.ts";
import { type Run, runPlan } from "./run-plan.ts";

/** What is told of one run. */
export interface Summary {
  seed: number;
  violations: Violation[];
  /** How many of each kind of fault struck. */
  faults: Record<string, number>;
  virtualMs: number;
  events: number;
  documents: number;
  jobs: number;
  digest: string;
}

/** Runs a plan and judges it. */
export async function summarize(plan: Plan, app: LoadedApp): Promise<Summary> {
  const run = await runPlan(plan, app);
  return summaryOf(run, checkRun(run));
}

function summaryOf({ plan, world, happenings, digest }: Run, violations: Violation[]): Summary {
  const { faults, since, scheduler, language } = world;
  return {
    seed: plan.seed,
    violations,
    faults: Object.fromEntries(faults.struck),
    virtualMs: Math.round(since),
    events: scheduler.events,
    documents: happenings.versions.length,
    jobs: language.ledger.accepted.length,
    digest,
  };
}
