import { checkRun } from "../check/check-run.ts";
import type { Promised, Violation } from "../check/violation.ts";
import type { LoadedApp } from "../engine/loaded-app.ts";
import type { Plan } from "../plan/fault.ts";
import { runPlan } from "./run-plan.ts";

/** A failing plan with little in it that it could fail without. */
export interface Shrunk {
  plan: Plan;
  violations: Violation[];
  timeline: string[];
  /** Runs that it took. */
  runs: number;
}

/** Leaves out faults and actions, as many at a time as can be, as long as the same promise is broken. */
export async function shrink(plan: Plan, app: LoadedApp, promise: Promised, mostRuns = 150): Promise<Shrunk> {
  let runs = 0;
  const breaks = async (one: Plan): Promise<boolean> => {
    runs++;
    const violations = checkRun(await runPlan(one, app));
    return violations.some((violation) => violation.promise === promise);
  };
  const without = async <T>(items: readonly T[], make: (kept: readonly T[]) => Plan): Promise<readonly T[]> => {
    let kept = items;
    for (let size = Math.ceil(kept.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let from = 0; from < kept.length && runs < mostRuns; ) {
        const fewer = [...kept.slice(0, from), ...kept.slice(from + size)];
        if (await breaks(make(fewer))) kept = fewer;
        else from += size;
      }
    }
    return kept;
  };
  let shrunk = plan;
  const faults = await without(shrunk.faults, (kept) => ({ ...shrunk, faults: kept }));
  shrunk = { ...shrunk, faults };
  const actions = await without(shrunk.actions, (kept) => ({ ...shrunk, actions: kept }));
  shrunk = { ...shrunk, actions };
  const run = await runPlan(shrunk, app);
  return { plan: shrunk, violations: checkRun(run), timeline: run.world.timeline, runs };
}
