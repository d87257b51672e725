import type { EngineDeps } from "./engine-deps.ts";
import { type Episode, runEpisode, takesIds } from "./episode.ts";
import { executionStarted, finish } from "./execution.ts";
import { completedTaskId, EventType, type HistoryEvent } from "./history.ts";
import { Mailbox, Outbox, type Step } from "./mailbox.ts";
import { OpenWork } from "./open-work.ts";
import { type EndedExecution, replayDifference } from "./replay-check.ts";
import { type InboxItem, isFinished, type OrchestrationState } from "./state.ts";

/** One orchestration instance at work. */
export class Orchestration {
  readonly instanceId: string;
  readonly state: Readonly<OrchestrationState>;
  readonly #state: OrchestrationState;
  readonly #deps: EngineDeps;
  readonly #mailbox: Mailbox;
  readonly #outbox: Outbox;
  readonly #openWork: OpenWork;

  constructor(instanceId: string, state: OrchestrationState, deps: EngineDeps) {
    this.instanceId = instanceId;
    this.state = state;
    this.#state = state;
    this.#deps = deps;
    this.#outbox = new Outbox(deps, state);
    this.#openWork = new OpenWork(instanceId, deps, (executionId, event) =>
      this.accept({ event, executionId }).catch(() => undefined),
    );
    this.#mailbox = new Mailbox({
      work: deps.work,
      plan: () => this.#plan(),
      save: () => deps.save(instanceId, state),
      onError: (error) =>
        deps.log("error", `Instance "${instanceId}" stopped, and goes on with its next event: ${error}`),
    });
  }

  /** Goes on with what is open and waiting, after it was loaded. */
  resume(): void {
    this.#openWork.align(this.#state);
    this.#outbox.deliver();
    this.#mailbox.kick();
  }

  /** Takes in an event, unless the instance has had it or does not wait for it. Resolves when that is saved. */
  accept(item: InboxItem): Promise<void> {
    const { inbox, status } = this.#state;
    if (isFinished(status) || !isAwaited(this.#state, item)) return Promise.resolve();
    if (!inbox.some((other) => isSameNews(item, other))) inbox.push(item);
    return this.#mailbox.saved();
  }

  /** Resolves when the state as it is now is saved. */
  saved(): Promise<void> {
    return this.#mailbox.saved();
  }

  /** Lets no timer fire any more. */
  cancelTimers(): void {
    this.#openWork.cancelTimers();
  }

  #plan(): Step | undefined {
    const state = this.#state;
    if (this.#deps.stopping || isFinished(state.status)) return undefined;
    state.inbox = state.inbox.filter((item) => isAwaited(state, item));
    const now = Math.max(this.#deps.clock.now(), state.lastUpdatedTime);
    const work = nextWork(state, now);
    if (work === undefined) return undefined;
    return work.type === "episode" ? () => this.#runEpisode(work.items, now) : () => this.#control(work, now);
  }

  async #runEpisode(items: InboxItem[], now: number): Promise<() => void> {
    const events = items.map(({ event }) => event);
    const episode = await runEpisode(this.instanceId, this.#state, { events, now }, this.#deps);
    this.#commit(episode, items);
    return () => {
      for (const violation of episode.violations) {
        this.#deps.report({ instanceId: this.instanceId, ...violation });
      }
      this.#releaseOutbox();
      if (episode.ended !== undefined) this.#checkReplay(episode.ended);
    };
  }

  #commit({ state: next, outgoing, returned }: Episode, taken: InboxItem[]): void {
    const state = this.#state;
    const isNextExecution = next.executionId !== state.executionId;
    const begin = isNextExecution ? [{ event: executionStarted(next, next.lastUpdatedTime) }] : [];
    const seen = new Set(taken);
    const rest = state.inbox.filter((item) => !seen.has(item));
    const outbox = [...state.outbox, ...outgoing];
    Object.assign(state, next, { inbox: [...begin, ...returned.map((event) => ({ event })), ...rest], outbox });
    if (isFinished(state.status)) this.#ended();
  }

  async #control({ type, item: { event } }: Exclude<NextWork, { type: "episode" }>, now: number): Promise<() => void> {
    const state = this.#state;
    state.inbox = state.inbox.filter((other) => other.event !== event);
    state.history.push(event);
    state.lastUpdatedTime = now;
    if (type === "terminate") {
      const reason = "Input" in event ? event.Input : null;
      const told = finish(
        state,
        now,
        { status: "Terminated", output: JSON.stringify(reason) },
        this.#deps.failureDetails,
      );
      if (told !== undefined) state.outbox.push(told);
      this.#ended();
    } else {
      state.suspended = type === "suspend";
    }
    return () => this.#releaseOutbox();
  }

  #ended(): void {
    const { name, status, output, inbox } = this.#state;
    const why = status === "Completed" ? "" : ` ${output}`;
    const unseen = inbox.length === 0 ? "" : ` ${inbox.length} events came too late for it.`;
    const level = status === "Failed" ? "warning" : "information";
    this.#deps.log(level, `Instance "${this.instanceId}" of "${name}" is ${status}.${why}${unseen}`);
    this.#state.inbox = [];
  }

  #releaseOutbox(): void {
    this.#openWork.align(this.#state);
    this.#outbox.deliver();
  }

  #checkReplay(ended: EndedExecution): void {
    const { work, invoke, report } = this.#deps;
    work.run(async () => {
      const message = await replayDifference(ended, invoke);
      if (message !== undefined) report({ instanceId: this.instanceId, code: "non-deterministic", message });
    });
  }
}

/** What an instance does next with its inbox. */
export type NextWork =
  | { type: "terminate" | "suspend" | "resume"; item: InboxItem }
  | { type: "episode"; items: InboxItem[] };

/**
 * Looks into the inbox of an instance that is between two episodes.
 *
 * An episode takes several events where their order among the task ids is beyond doubt: the library numbers the tasks
 * of a retry or a long timer while it reads the event, before the orchestrator's code goes on, so such an event comes
 * first in an episode; and an event from outside comes last, so that it is clear what happened before it.
 */
function nextWork(state: OrchestrationState, now: number): NextWork | undefined {
  const { inbox } = state;
  const terminate = inbox.find(({ event }) => event.EventType === EventType.ExecutionTerminated);
  if (terminate !== undefined) return { type: "terminate", item: terminate };
  if (state.suspended) {
    const resume = inbox.find(({ event }) => event.EventType === EventType.ExecutionResumed);
    return resume && { type: "resume", item: resume };
  }
  const items: InboxItem[] = [];
  for (const item of inbox) {
    const { event } = item;
    const isFirst = items.length === 0;
    if (event.EventType === EventType.ExecutionResumed || event.EventType === EventType.ExecutionSuspended) {
      const type = event.EventType === EventType.ExecutionResumed ? "resume" : "suspend";
      if (isFirst) return { type, item };
      break;
    }
    if (state.held && isFromOutside(item)) continue;
    if (!isFirst && takesIds(state, event, now)) break;
    items.push(item);
    if (isFromOutside(item)) break;
  }
  return items.length === 0 ? undefined : { type: "episode", items };
}

/** Whether an instance waits for this item: it is from outside, or about a task of this execution that is still open. */
function isAwaited(state: OrchestrationState, item: InboxItem): boolean {
  if (item.executionId === undefined) return true;
  if (item.executionId !== state.executionId) return false;
  const { event } = item;
  const id = completedTaskId(event);
  if (id !== undefined) return id in state.open;
  return Object.values(state.open).some((task) => task.type === "entity" && task.requestId === replyTo(event));
}

/** Whether two items are the same news, delivered twice. */
function isSameNews(one: InboxItem, other: InboxItem): boolean {
  if (one.executionId === undefined || one.executionId !== other.executionId) return false;
  const id = completedTaskId(one.event);
  return id === completedTaskId(other.event) && replyTo(one.event) === replyTo(other.event);
}

function isFromOutside({ event, executionId }: InboxItem): boolean {
  return event.EventType === EventType.EventRaised && executionId === undefined;
}

function replyTo(event: HistoryEvent): string | undefined {
  return event.EventType === EventType.EventRaised ? event.Name : undefined;
}
