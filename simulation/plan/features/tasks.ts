import type { Random } from "../../engine/random.ts";
import type { Plan } from "../fault.ts";
import { changeTickets } from "./change-tickets.ts";

/** In so many of the seeds the tickets get redacted copies. */
const COPIES_SHARE = 0.1;
/** And in so many one task fails for some texts only, for a while, and is redriven later. */
const PARTIAL_SHARE = 0.1;

/** The tickets have a task that redacts, and copies of what it wrote. */
export function withCopies(plan: Plan, random: Random): Plan {
  if (!random.chance(COPIES_SHARE)) return plan;
  return changeTickets(plan, ({ tasks = [], ...tickets }) => ({
    ...tickets,
    tasks: [...tasks, { kind: "PiiEntityRecognition", name: "tickets-private" }],
    redactedCopies: true,
  }));
}

/** Some results lack a task; asked for again, that task alone is. */
export function withPartialResults(plan: Plan, random: Random): Plan {
  const [first] = plan.actions.flatMap((action) =>
    action.kind === "drop" && action.name.startsWith("tickets/") ? [action.name] : [],
  );
  if (!random.chance(PARTIAL_SHARE) || first === undefined) return plan;
  const at = 0;
  const seconds = Math.round((plan.activeMs * random.between(0.3, 0.6)) / 1000);
  const when = { operation: "submit" as const, text: `Secret of ${first} ` };
  const rules = [{ when, do: { action: "failTask" as const, task: 0 } }];
  const extended = changeTickets(plan, ({ tasks = [], ...tickets }) => ({
    ...tickets,
    tasks: tasks.length > 1 ? tasks : [...tasks, { kind: "SentimentAnalysis", name: "tickets-mood" }],
  }));
  const redriveAt = Math.round(plan.activeMs * random.between(0.65, 0.98));
  return {
    ...extended,
    faults: [...plan.faults, { at, kind: "scenario", name: "a task fails", seconds, rules }],
    actions: [...plan.actions, { at: redriveAt, kind: "redrive" }],
  };
}
