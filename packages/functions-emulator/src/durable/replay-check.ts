import { setImmediate as nextRound } from "node:timers/promises";
import type { DurableEngineOptions } from "./contract.ts";
import type { Draft } from "./draft.ts";
import { EventType, eventAt } from "./history.ts";
import {
  describe,
  flatten,
  OrchestrationRefused,
  type OrchestratorAnswer,
  orchestrationTrigger,
  readAnswer,
  signature,
} from "./protocol.ts";

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

/** An execution that has ended, as it must come out again when its final history is replayed. */
export interface EndedExecution {
  name: string;
  trigger: string;
  result: Result;
  /** The time of the machine, not of the host's clock: what an orchestrator sees that reads it. */
  machineTime: number;
}

/** An answer as texts. The custom status is left out: setting it only when not replaying is legitimate. */
interface Result {
  actions: { label: string; text: string }[];
  outcome: string;
}

/** Keeps of an execution's last episode what its check needs. Called while the draft still holds that execution. */
export function endedExecution({ instanceId, state, now }: Draft, answer: OrchestratorAnswer): EndedExecution {
  const history = [...state.history, eventAt(now, { EventType: EventType.OrchestratorStarted })];
  const trigger = orchestrationTrigger(instanceId, state, history, history.length);
  return { name: state.name, trigger, result: resultOf(answer), machineTime: Date.now() };
}

/** Replays an ended execution once more. Returns in words what came out otherwise, undefined if nothing did. */
export async function replayDifference(
  { name, trigger, result: before, machineTime }: EndedExecution,
  invoke: DurableEngineOptions["invoke"],
): Promise<string | undefined> {
  while (Date.now() === machineTime) await nextRound(); // so that an orchestrator that reads the time shows
  const after = resultOf(readAnswer(await invoke("orchestration", name, trigger)));
  const difference = firstDifference(before, after);
  if (difference === undefined) return undefined;
  return `Orchestrator "${name}" does not repeat itself: ${difference}. It may depend only on its input, on what its tasks return and on currentUtcDateTime.`;
}

function firstDifference(before: Result, after: Result): string | undefined {
  for (let index = 0; index < Math.max(before.actions.length, after.actions.length); index++) {
    const [first, second] = [before.actions[index], after.actions[index]];
    if (first?.text === second?.text) continue;
    if (first?.label === second?.label) return `action ${index}, ${first?.label}, has another input, time or option`;
    return `action ${index} was ${first?.label ?? "absent"} and is ${second?.label ?? "absent"} in the replay`;
  }
  return before.outcome === after.outcome ? undefined : "it ends with another result";
}

function resultOf({ actions, isDone, output, error }: OrchestratorAnswer): Result {
  return {
    actions: flatten(actions).map((raw) => ({ label: describe(signature(raw)), text: JSON.stringify(raw) })),
    outcome: JSON.stringify({ isDone, output, error }),
  };
}
