import { executionStarted } from "./continue-as-new.ts";
import { finish } from "./end-execution.ts";
import { type Episode, runEpisode } from "./episode.ts";
import { isAwaited, isSameNews, type NextWork, nextWork } from "./next-work.ts";
import { OpenWork } from "./open-work.ts";
import { Outbox } from "./outbox.ts";
import { type EndedExecution, replayDifference } from "./replay-check.ts";
import { type InboxItem, isFinished, type OrchestrationState } from "./state.ts";
import type { Surroundings } from "./surroundings.ts";
import { type Step, Turns } from "./turns.ts";

/** One orchestration instance at work. */
export class Orchestration {
  readonly instanceId: string;
  readonly state: Readonly<OrchestrationState>;
  readonly #state: OrchestrationState;
  readonly #surroundings: Surroundings;
  readonly #turns: Turns;
  readonly #outbox: Outbox;
  readonly #openWork: OpenWork;

  constructor(instanceId: string, state: OrchestrationState, surroundings: Surroundings) {
    this.instanceId = instanceId;
    this.state = state;
    this.#state = state;
    this.#surroundings = surroundings;
    this.#outbox = new Outbox(surroundings, state);
    this.#openWork = new OpenWork(instanceId, surroundings, (executionId, event) =>
      this.accept({ event, executionId }).catch(() => undefined),
    );
    this.#turns = new Turns({
      work: surroundings.work,
      plan: () => this.#plan(),
      save: () => surroundings.save(instanceId, state),
      onError: (error) =>
        surroundings.log("error", `Instance "${instanceId}" stopped, and goes on with its next event: ${error}`),
    });
  }

  /** Goes on with what is open and waiting, after it was loaded. */
  resume(): void {
    this.#openWork.align(this.#state);
    this.#outbox.deliver();
    this.#turns.kick();
  }

  /** Takes in an event, unless the instance has had it or does not wait for it. Resolves when that is saved. */
  accept(item: InboxItem): Promise<void> {
    const { inbox, status } = this.#state;
    if (isFinished(status) || !isAwaited(this.#state, item)) return Promise.resolve();
    if (!inbox.some((other) => isSameNews(item, other))) inbox.push(item);
    return this.#turns.saved();
  }

  /** Resolves when the state as it is now is saved. */
  saved(): Promise<void> {
    return this.#turns.saved();
  }

  /** Lets no timer fire any more. */
  cancelTimers(): void {
    this.#openWork.cancelTimers();
  }

  #plan(): Step | undefined {
    const state = this.#state;
    if (this.#surroundings.stopping || isFinished(state.status)) return undefined;
    state.inbox = state.inbox.filter((item) => isAwaited(state, item));
    const now = Math.max(this.#surroundings.clock.now(), state.lastUpdatedTime);
    const work = nextWork(state, now);
    if (work === undefined) return undefined;
    return work.type === "episode" ? () => this.#runEpisode(work.items, now) : () => this.#control(work, now);
  }

  async #runEpisode(items: InboxItem[], now: number): Promise<() => void> {
    const events = items.map(({ event }) => event);
    const episode = await runEpisode(this.instanceId, this.#state, events, now, this.#surroundings);
    this.#commit(episode, items);
    return () => {
      for (const violation of episode.violations) {
        this.#surroundings.report({ instanceId: this.instanceId, ...violation });
      }
      this.#letOut();
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
      const told = finish(state, now, "Terminated", JSON.stringify(reason), this.#surroundings.failureDetails);
      if (told !== undefined) state.outbox.push(told);
      this.#ended();
    } else {
      state.suspended = type === "suspend";
    }
    return () => this.#letOut();
  }

  #ended(): void {
    const { name, status, output, inbox } = this.#state;
    const why = status === "Completed" ? "" : ` ${output}`;
    const unseen = inbox.length === 0 ? "" : ` ${inbox.length} events came too late for it.`;
    const level = status === "Failed" ? "warning" : "information";
    this.#surroundings.log(level, `Instance "${this.instanceId}" of "${name}" is ${status}.${why}${unseen}`);
    this.#state.inbox = [];
  }

  #letOut(): void {
    this.#openWork.align(this.#state);
    this.#outbox.deliver();
  }

  #checkReplay(ended: EndedExecution): void {
    const { work, invoke, report } = this.#surroundings;
    work.run(async () => {
      const message = await replayDifference(ended, invoke);
      if (message !== undefined) report({ instanceId: this.instanceId, code: "non-deterministic", message });
    });
  }
}
