import type { Owner, Scheduler } from "../engine/scheduler.ts";
import { type HistoryEntry, type Outcome, replay, type Wanted } from "./replay.ts";

export type RuntimeStatus = "Pending" | "Running" | "Completed" | "Failed" | "Terminated" | "Suspended";

/** An orchestration instance. */
export interface Instance {
  id: string;
  name: string;
  /** Changes with each execution: what came of an earlier one is nobody's any more. */
  execution: number;
  input: unknown;
  startedAt: number;
  history: HistoryEntry[];
  status: RuntimeStatus;
  customStatus: unknown;
  createdAt: number;
  updatedAt: number;
  output: unknown;
}

/** Kinds of messages of Durable Functions, for faults. */
export type MessageKind = "start" | "activity" | "completion" | "timer";

/** What becomes of a message: when each of its deliveries comes, milliseconds from now (from its due time, for timers). */
type Delivery = (kind: MessageKind, about: string) => number[];

export interface TaskHubParts {
  scheduler: Scheduler;
  orchestrators: ReadonlyMap<string, (context: unknown) => Generator<unknown, unknown, unknown>>;
  /** Runs an activity on some process; the promise never settles when that process dies. */
  runActivity: (name: string, input: unknown) => { owner: Owner; result: Promise<unknown> } | undefined;
  deliver: Delivery;
  /** How long a message that a dead process had in hand stays hidden, milliseconds. */
  hiddenMs: (about: string) => number;
  trace: (line: string) => void;
}

/** What is known of the most that an execution grew to. */
export interface Measures {
  longestHistory: number;
  largestPayload: number;
  activities: number;
  episodes: number;
}

const MOST_STATUS = 16 * 1024;

/** Durable Functions in memory: instances, and messages that come at least once, in any order, or by a fault never. */
export class TaskHub {
  readonly instances = new Map<string, Instance>();
  readonly measures: Measures = { longestHistory: 0, largestPayload: 0, activities: 0, episodes: 0 };
  /** Payloads that went through a history, for whoever looks for what must not be in them. */
  onPayload: (text: string) => void = () => {};
  readonly #parts: TaskHubParts;
  readonly #inHand = new Set<{ owner: Owner; again: () => void }>();
  #executions = 0;

  constructor(parts: TaskHubParts) {
    this.#parts = parts;
  }

  /** @throws Error when the instance runs */
  start(name: string, id: string, input: unknown): void {
    const known = this.instances.get(id);
    if (known !== undefined && isAlive(known))
      throw new Error(`An Orchestration instance with the status ${known.status} already exists.`);
    const now = this.#parts.scheduler.now;
    const instance: Instance = {
      id,
      name,
      execution: ++this.#executions,
      input: this.#payload(input),
      startedAt: now,
      history: [],
      status: "Pending",
      customStatus: undefined,
      createdAt: now,
      updatedAt: now,
      output: undefined,
    };
    this.instances.set(id, instance);
    this.#send("start", `${id}`, () => this.#begin(instance, instance.execution));
  }

  terminate(id: string, reason: string): void {
    const instance = this.instances.get(id);
    if (instance === undefined || !isAlive(instance)) return;
    this.#parts.trace(`terminated ${id}: ${reason}`);
    this.#end(instance, "Terminated", undefined);
  }

  suspend(id: string): void {
    const instance = this.instances.get(id);
    if (instance?.status === "Running" || instance?.status === "Pending") instance.status = "Suspended";
  }

  resume(id: string): void {
    const instance = this.instances.get(id);
    if (instance?.status !== "Suspended") return;
    instance.status = "Running";
    this.#episode(instance);
  }

  /** What a process that died had in hand comes to another one when its messages are visible again. */
  released(owner: Owner): void {
    for (const work of [...this.#inHand].filter((each) => each.owner === owner)) {
      this.#inHand.delete(work);
      work.again();
    }
  }

  #begin(instance: Instance, execution: number): void {
    if (instance.execution !== execution || instance.history.length > 0) return;
    if (instance.status === "Pending") instance.status = "Running";
    instance.startedAt = this.#parts.scheduler.now;
    this.#episode(instance);
  }

  #episode(instance: Instance): void {
    if (instance.status !== "Running") return;
    const { orchestrators, trace, scheduler } = this.#parts;
    const orchestrator = orchestrators.get(instance.name);
    if (orchestrator === undefined) throw new Error(`There is no orchestrator ${instance.name}`);
    this.measures.episodes++;
    const episode = replay(orchestrator, instance);
    instance.updatedAt = scheduler.now;
    if (episode.customStatus !== undefined) {
      if (JSON.stringify(episode.customStatus).length > MOST_STATUS)
        throw new Error(`The status of ${instance.id} is over 16 KB`);
      instance.customStatus = this.#payload(episode.customStatus);
    }
    this.measures.longestHistory = Math.max(this.measures.longestHistory, instance.history.length);
    switch (episode.kind) {
      case "waits":
        if (!episode.isNew) return;
        instance.history.push({ wanted: episode.wanted });
        this.#carryOut(instance, instance.history.length - 1, episode.wanted);
        return;
      case "anew":
        instance.execution = ++this.#executions;
        instance.input = this.#payload(episode.input);
        instance.history = [];
        this.#send("start", instance.id, () => this.#begin(instance, instance.execution));
        return;
      case "ended":
        this.#end(instance, "Completed", episode.output);
        return;
      case "failed":
        trace(`failed ${instance.id}: ${episode.message}`);
        this.#end(instance, "Failed", episode.message);
        return;
    }
  }

  #end(instance: Instance, status: RuntimeStatus, output: unknown): void {
    instance.status = status;
    instance.output = output;
    instance.execution = ++this.#executions;
    instance.history = [];
    instance.updatedAt = this.#parts.scheduler.now;
  }

  #carryOut(instance: Instance, index: number, wanted: Wanted): void {
    const { scheduler } = this.#parts;
    const { execution } = instance;
    const done = (outcome: Outcome): void => this.#complete(instance, { execution, index }, outcome);
    if (wanted.kind === "timer") {
      const due = Math.max(0, wanted.due - scheduler.now);
      for (const milliseconds of this.#parts.deliver("timer", instance.id)) {
        scheduler.after(due + milliseconds, () => done({ at: scheduler.now, value: undefined }));
      }
      return;
    }
    this.#seen(wanted.input);
    this.#attempt(instance, wanted, 1, done);
  }

  #attempt(
    instance: Instance,
    wanted: Wanted & { kind: "activity" },
    attempt: number,
    done: (outcome: Outcome) => void,
  ): void {
    const { scheduler, trace, hiddenMs } = this.#parts;
    const about = `${instance.id} ${wanted.name}`;
    const finish = (outcome: Outcome): void => {
      const { retry } = wanted;
      if ("error" in outcome && retry !== undefined && attempt < retry.attempts) {
        const pause = retry.firstMs * retry.coefficient ** (attempt - 1);
        scheduler.after(pause, () => this.#attempt(instance, wanted, attempt + 1, done));
      } else this.#send("completion", about, () => done({ ...outcome, at: scheduler.now }));
    };
    const run = (): void => {
      const work = this.#parts.runActivity(wanted.name, JSON.parse(wanted.input));
      if (work === undefined) {
        scheduler.after(1_000, run);
        return;
      }
      this.measures.activities++;
      trace(`${work.owner.name} runs ${about}`);
      const inHand = { owner: work.owner, again: () => void scheduler.after(hiddenMs(about), run) };
      this.#inHand.add(inHand);
      work.result.then(
        (value) => {
          this.#inHand.delete(inHand);
          finish({ at: 0, value: this.#payload(value) });
        },
        (error: unknown) => {
          this.#inHand.delete(inHand);
          finish({ at: 0, error: error instanceof Error ? error.message : String(error) });
        },
      );
    };
    this.#send("activity", about, run);
  }

  #complete(instance: Instance, { execution, index }: { execution: number; index: number }, outcome: Outcome): void {
    if (instance.execution !== execution) return;
    const entry = instance.history[index];
    if (entry === undefined || entry.outcome !== undefined) return;
    entry.outcome = outcome;
    this.#episode(instance);
  }

  #send(kind: MessageKind, about: string, arrive: () => void): void {
    for (const milliseconds of this.#parts.deliver(kind, about)) this.#parts.scheduler.after(milliseconds, arrive);
  }

  #payload(value: unknown): unknown {
    if (value === undefined) return undefined;
    const text = JSON.stringify(value);
    this.#seen(text);
    return JSON.parse(text);
  }

  #seen(text: string): void {
    this.measures.largestPayload = Math.max(this.measures.largestPayload, text.length);
    this.onPayload(text);
  }
}

export function isAlive({ status }: Pick<Instance, "status">): boolean {
  return status === "Pending" || status === "Running" || status === "Suspended";
}
