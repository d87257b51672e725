import type { Run } from "../run/run-plan.ts";
import type { Violation } from "./violation.ts";

/** A pipeline that is stopped claims nothing and, paused, sends nothing, after the steps that were under way; what it has in hand ends. */
export function checkStops({ plan, world, happenings }: Run): Violation[] {
  const { steps, language } = world;
  const violations: Violation[] = [];
  const found = (message: string): void => void violations.push({ promise: "stopped", message });
  const seconds = (at: number): string => `${((at - plan.start) / 1000).toFixed(1)} s`;
  for (const { pipeline, mode, from, until = Number.POSITIVE_INFINITY } of happenings.stops.sure) {
    const since = `${pipeline} is stopped (${mode}) since ${seconds(from)}`;
    for (const [id, batch] of steps.batches) {
      if (batch.pipeline !== pipeline || batch.at <= from || batch.at >= until) continue;
      if (!steps.isFromBefore(from, batch.at, { pipeline }))
        found(`${since}, and the batch ${id} is claimed at ${seconds(batch.at)}`);
    }
    if (mode === "drain") continue;
    for (const { at, process, displayName, outcomes } of language.ledger.accepted) {
      const isOurs = outcomes.some(({ task }) => task.startsWith(`${pipeline}-`));
      if (!isOurs || at <= from || at >= until) continue;
      if (!steps.isFromBefore(from, at, { pipeline, process }))
        found(`${since}, and the job ${displayName} is sent at ${seconds(at)}`);
    }
  }
  for (const { pipeline, mode, inHand, answer } of happenings.stops.atRest) {
    if (inHand.length > 0) found(`${pipeline} (${mode}) never came to rest: ${inHand.join("; ")}`);
    const { jsonBody } = (answer ?? {}) as { jsonBody?: { pipelines: ShownPipeline[] } };
    const shown = jsonBody?.pipelines.find(({ name }) => name === pipeline);
    const isShown = shown?.state === (mode === "pause" ? "paused" : "drained") || WORSE.has(shown?.state ?? "");
    if (shown?.paused?.mode !== mode || !isShown)
      violations.push({
        promise: "status",
        message: `${pipeline} is stopped (${mode}), and said to be ${shown?.state} (${shown?.paused?.mode})`,
      });
  }
  return violations;
}

/** What is told of a pipeline before that it is stopped: a lane needs somebody. */
const WORSE: ReadonlySet<string> = new Set(["overdue", "failing", "blocked"]);

interface ShownPipeline {
  name: string;
  state: string;
  paused?: { mode: string };
}
