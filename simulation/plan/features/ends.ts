import type { Random } from "../../engine/random.ts";
import type { Plan } from "../fault.ts";

/** In so many of the seeds somebody wants to hear of each document that ends. */
const SHARE = 0.2;

/** The queue on which they hear of it. */
export const ENDED = "ended";

/** Each document that ended is told on a queue. */
export function withEnds(plan: Plan, random: Random): Plan {
  return random.chance(SHARE) ? { ...plan, env: { ...plan.env, COMPLETED_QUEUE: ENDED } } : plan;
}
