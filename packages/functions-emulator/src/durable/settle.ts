import type { EpisodeOptions } from "./contract.ts";
import type { Draft } from "./draft.ts";
import { beginNextExecution, continuedWith, finish, giveBackUnawaited, unawaitedEvents } from "./execution.ts";
import { EventType, eventAt } from "./history.ts";
import { checkPayload, maximumCustomStatusBytes } from "./limits.ts";
import { OrchestrationRefused, type OrchestratorAnswer } from "./protocol.ts";
import { type EndedExecution, endedExecution } from "./replay-check.ts";
import { scheduleActions } from "./schedule.ts";

/**
 * Brings a draft from the orchestrator's answer to the instance's next state. Returns the execution if the orchestrator
 * ended it in this episode.
 */
export function settle(draft: Draft, answer: OrchestratorAnswer, options: EpisodeOptions): EndedExecution | undefined {
  const { state, now } = draft;
  Object.assign(state, { status: "Running", lastUpdatedTime: now });
  try {
    if (!answer.broken) {
      scheduleActions(draft, answer, options.functions);
      updateCustomStatus(draft, answer.customStatus);
    }
    const hasEnded = answer.isDone || answer.error !== undefined;
    if (hasEnded && !state.held && continuedWith(answer) !== undefined) giveBackUnawaited(draft);
    addCreated(draft);
    if (hasEnded && !hold(draft)) return end(draft, answer, options);
    state.history.push(eventAt(now, { EventType: EventType.OrchestratorCompleted }));
  } catch (refused) {
    if (!(refused instanceof OrchestrationRefused)) throw refused;
    draft.violations.push({ code: refused.code, message: refused.message });
    addCreated(draft);
    fail(draft, refused.message, options);
  }
  return undefined;
}

function addCreated({ state, created }: Draft): void {
  for (const event of created.splice(0)) state.history.push(event);
}

/**
 * Keeps an instance running whose orchestrator has ended while tasks are open. Durable Task does so for every task that
 * it numbers itself (`HasOpenTasks` in its `TaskOrchestrationExecutor.cs`): a timer must fire or be cancelled first.
 */
function hold({ state, violations }: Draft): boolean {
  const open = Object.values(state.open).filter((task) => task.type !== "entity");
  if (open.length === 0) return false;
  const timers = state.held ? [] : open.filter((task) => task.type === "timer");
  for (const { finalFireAt } of timers) {
    const until = new Date(finalFireAt).toISOString();
    const message = `Orchestrator "${state.name}" ended with a timer pending until ${until}, and its instance stays Running until then: cancel the timer.`;
    violations.push({ code: "uncancelled-timer", message });
  }
  state.held = true;
  return true;
}

function end(draft: Draft, answer: OrchestratorAnswer, options: EpisodeOptions): EndedExecution | undefined {
  const { state, now, violations, outgoing } = draft;
  const output = outputText(draft, answer.output);
  const ended = options.replayCheck && !answer.broken ? endedExecution(draft, answer) : undefined;
  const input = continuedWith(answer);
  if (answer.error !== undefined) {
    if (answer.error === "") {
      const message = `Orchestrator "${state.name}" threw something without a message, and Azure waits for it for ever: throw an Error that has one.`;
      violations.push({ code: "failed-without-error", message });
    }
    fail(draft, `Orchestrator function '${state.name}' failed: ${answer.error}`, options);
  } else if (input !== undefined) {
    for (const { Name } of unawaitedEvents(state)) {
      const message = `Event "${Name}" was received and not awaited when "${state.name}" continued as new: it is lost, as in Azure.`;
      violations.push({ code: "dropped-event", message });
    }
    beginNextExecution(state, now, input);
  } else {
    const told = finish(state, now, { status: "Completed", output }, options.failureDetails);
    if (told !== undefined) outgoing.push(told);
  }
  return ended;
}

function outputText({ state, violations }: Draft, output: unknown): string | null {
  const what = `The output of orchestration "${state.name}"`;
  const text = checkPayload(what, output, (problem) => void violations.push(problem));
  if (text instanceof Error) throw new OrchestrationRefused("not-json", text.message);
  return text ?? null;
}

function fail({ state, now, outgoing }: Draft, reason: string, options: EpisodeOptions): void {
  const told = finish(state, now, { status: "Failed", output: JSON.stringify(reason) }, options.failureDetails);
  if (told !== undefined) outgoing.push(told);
}

/**
 * Takes over the custom status of an answer. An absent one leaves the last as it was: the library cannot clear it.
 *
 * @throws OrchestrationRefused for a status over the limit, with which Azure fails the orchestration.
 */
function updateCustomStatus({ state, violations }: Draft, customStatus: unknown): void {
  if (customStatus === undefined || customStatus === null) return;
  const what = `The custom status of "${state.name}"`;
  const found: Draft["violations"] = [];
  const text = checkPayload(what, customStatus, (problem) => {
    if (problem.code === "not-json") found.push(problem); // the size has a limit of its own
  });
  if (text instanceof Error) throw new OrchestrationRefused("not-json", text.message);
  if (text === undefined || text === state.customStatus) return;
  violations.push(...found);
  const bytes = 2 * text.length;
  if (bytes > maximumCustomStatusBytes) {
    const message = `${what} has ${bytes} bytes as UTF-16, and ${maximumCustomStatusBytes} is the most.`;
    throw new OrchestrationRefused("oversized-payload", message);
  }
  state.customStatus = text;
}
