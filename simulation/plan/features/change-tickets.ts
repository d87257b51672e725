import type { Plan } from "../fault.ts";

export type RawPipeline = Plan["pipelines"][number] & { tasks?: readonly object[] };

/** A plan with another pipeline of the tickets. */
export function changeTickets(plan: Plan, change: (tickets: RawPipeline) => RawPipeline): Plan {
  return { ...plan, pipelines: plan.pipelines.map((each) => (each.name === "tickets" ? change(each) : each)) };
}
