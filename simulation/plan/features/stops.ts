import type { Random } from "../../engine/random.ts";
import type { Action, Fault, Plan } from "../fault.ts";

/** In so many of the seeds somebody stops a pipeline. */
const SHARE = 0.12;

/** Somebody pauses or drains a pipeline, changes their mind, and lets it go on; or leaves that to the end of all faults. */
export function withStops(plan: Plan, random: Random): Plan {
  if (!random.chance(SHARE)) return plan;
  const actions: Action[] = [];
  const faults: Fault[] = [];
  for (let stops = random.whole(1, 2); stops > 0; stops--) {
    const pipeline = random.chance(0.75) ? "tickets" : "mails";
    let at = Math.round(plan.activeMs * random.next() * (random.chance(0.6) ? 0.15 : 0.8));
    actions.push({ at, kind: "stop", pipeline, mode: random.pick(["pause", "drain"]) });
    // What the service does not take at once is still to be sent when the pipeline is stopped.
    if (random.chance(0.5)) faults.push(throttled(Math.max(0, at - random.whole(1_000, 30_000)), random));
    if (random.chance(0.2)) {
      at += random.whole(500, 60_000);
      actions.push({ at, kind: "stop", pipeline, mode: random.pick(["pause", "drain"]) });
    }
    if (random.chance(0.65)) actions.push({ at: at + random.whole(2_000, 300_000), kind: "resume", pipeline });
  }
  const within = actions.filter(({ at }) => at < plan.activeMs);
  return { ...plan, actions: [...plan.actions, ...within], faults: [...plan.faults, ...faults] };
}

function throttled(at: number, random: Random): Fault {
  const rules = [{ when: { operation: "submit" as const }, do: { action: "throttle" as const, retryAfterSeconds: 5 } }];
  return { at, kind: "scenario", name: "throttles with a time", seconds: random.whole(20, 90), rules };
}
