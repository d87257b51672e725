import { describe, flatten, signature } from "./actions.ts";
import type { Draft } from "./draft.ts";
import type { OrchestratorAnswer } from "./orchestrator-answer.ts";
import { OrchestrationRefused } from "./refusal.ts";

/**
 * The actions of an answer, each once. A task that is put into a second `Task.any` or `Task.all` is listed there again,
 * and the extension schedules it again; here it is known by the identity of the object, or where the answer is only
 * text, by the places remembered from earlier episodes.
 */
export function distinctActions({ state, violations }: Draft, answer: OrchestratorAnswer): object[] {
  const all = flatten(answer.actions);
  if (answer.fromText) return all.filter((_, place) => !state.repeats.includes(place));
  const distinct = new Set<object>();
  for (const [place, raw] of all.entries()) {
    if (!distinct.has(raw)) {
      distinct.add(raw);
    } else if (!state.repeats.includes(place)) {
      state.repeats.push(place);
      const message = `${describe(signature(raw))} was scheduled before and is put into a new Task.any or Task.all: Azure runs it again and hands results to the wrong tasks. Yield the pending task itself, or make new tasks.`;
      violations.push({ code: "re-raced-task", message });
    }
  }
  return [...distinct];
}

/**
 * Compares a replay with what was scheduled before, by kind and name, as Durable Task does.
 *
 * @throws OrchestrationRefused when they differ.
 */
export function compareWithScheduled({ state }: Draft, distinct: readonly object[]): void {
  for (const [index, before] of state.scheduled.entries()) {
    const raw = distinct[index];
    const now = raw === undefined ? undefined : signature(raw);
    if (now?.type === before.type && now.name === before.name) continue;
    const found = now === undefined ? "nothing" : describe(now);
    throw new OrchestrationRefused(
      "non-deterministic",
      `Non-deterministic orchestrator: an earlier run scheduled ${describe(before)} as action ${index}, the replay ${found}.`,
    );
  }
}
