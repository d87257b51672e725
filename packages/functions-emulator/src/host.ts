import type { BlobTriggers } from "./blobs/blob-trigger.ts";
import type { DurableEngineContract } from "./durable/contract.ts";
import type { FunctionRunner } from "./function-runner.ts";
import { type HostFunction, hasTrigger } from "./host-function.ts";
import type { QueueListener } from "./queues/queue-listener.ts";
import { runQueueFunction } from "./queues/queue-trigger.ts";
import type { TimerListener } from "./timers/timer-trigger.ts";
import type { HostViolation, Violations } from "./violations.ts";

export interface HostParts {
  url: string;
  functions: HostFunction[];
  engine: DurableEngineContract;
  runner: FunctionRunner;
  blobs: BlobTriggers;
  queues: QueueListener[];
  timers: Map<HostFunction, TimerListener>;
  violations: Violations;
  strict: boolean;
  /** From now on requests from outside are turned away; the durable API goes on for what still runs. */
  reject: () => void;
  /** Closes what is not a trigger: server, app, environment. */
  close: () => Promise<void>;
}

/** A running host. */
export class Host {
  readonly #parts: HostParts;
  #stopping: Promise<void> | undefined;

  constructor(parts: HostParts) {
    this.#parts = parts;
  }

  /** Where it answers, such as `http://localhost:7071`. */
  get url(): string {
    return this.#parts.url;
  }

  /** The functions of the app. */
  get functions(): readonly HostFunction[] {
    return this.#parts.functions;
  }

  /** What Azure would have punished so far. */
  get violations(): readonly HostViolation[] {
    return this.#parts.violations.list;
  }

  get engine(): DurableEngineContract {
    return this.#parts.engine;
  }

  /**
   * Runs a function by its name, as if its trigger had fired.
   *
   * @param input of a queue function the message text, of a blob function the path `container/name`, of an activity its
   *   input; a timer function takes none.
   * @returns what the handler returned.
   * @throws what the handler threw; Error for functions that are started another way (HTTP, orchestrations, entities).
   */
  async invoke(name: string, input?: unknown): Promise<unknown> {
    const { functions, runner, blobs, timers } = this.#parts;
    const target = functions.find((each) => each.name.toLowerCase() === name.toLowerCase());
    if (target === undefined) throw new Error(`There is no function "${name}".`);
    if (hasTrigger(target, "timer")) return timers.get(target)?.runNow();
    if (hasTrigger(target, "queue")) return runQueueFunction(runner, target, { text: String(input ?? "") });
    if (hasTrigger(target, "blob")) return blobs.runForPath(target, String(input ?? ""));
    if (hasTrigger(target, "activity")) {
      const trigger = input === undefined ? {} : { string: JSON.stringify(input) };
      return (await runner.run(target, { trigger })).value;
    }
    throw new Error(`Function "${name}" is started through its address or the durable client.`);
  }

  /**
   * Resolves when there is nothing to do: no new blob, no visible message, nothing running, and the durable engine waits
   * for timers or events at most. Timers of a virtual clock do not move.
   *
   * @throws ViolationError in a strict host that has seen something Azure would punish.
   */
  async idle(): Promise<void> {
    const { runner, blobs, queues, engine } = this.#parts;
    for (;;) {
      const before = runner.started;
      const found = await Promise.all([blobs.drain(), ...queues.map((queue) => queue.drain())]);
      await engine.idle();
      await runner.idle();
      if (!found.includes(true) && runner.started === before) break;
    }
    this.#assertClean();
  }

  /**
   * Ends gracefully: no trigger fires any more, what runs may end, the app's appTerminate hooks run.
   *
   * @throws ViolationError in a strict host that has seen something Azure would punish; it has stopped then.
   */
  async stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    await this.#stopping;
    this.#assertClean();
  }

  async #stop(): Promise<void> {
    const { runner, blobs, queues, timers, engine, reject, close } = this.#parts;
    reject();
    await Promise.all([blobs.stop(), ...[...queues, ...timers.values()].map((each) => each.stop())]);
    await engine.stop();
    await runner.idle();
    await close();
  }

  #assertClean(): void {
    if (this.#parts.strict) this.#parts.violations.assertNone();
  }
}
