import { durableClient } from "../durable/client.ts";
import { type MessageKind, TaskHub } from "../durable/task-hub.ts";
import { provideSurroundings } from "../engine/current.ts";
import { BASE_ENV, ENDPOINT, type LoadedApp, OTHER_ENDPOINT } from "../engine/loaded-app.ts";
import { fraction } from "../engine/random.ts";
import { Scheduler } from "../engine/scheduler.ts";
import { KEY, SimulatedLanguage } from "../language/simulated-language.ts";
import type { Plan } from "../plan/fault.ts";
import { ENDED } from "../plan/features/ends.ts";
import { blobServiceClient } from "../storage/blob-clients.ts";
import { queueServiceClient } from "../storage/queue-clients.ts";
import type { QueueStore } from "../storage/queue-store.ts";
import { MemoryStorage, type StorageOperation } from "../storage/storage.ts";
import { gateOf } from "./effects.ts";
import { FaultBook } from "./fault-book.ts";
import { Journal } from "./journal.ts";
import { SimProcess } from "./sim-process.ts";
import { StepJournal } from "./step-journal.ts";

/** A dead process is replaced after so long, milliseconds. */
const RESTART = { from: 500, to: 20_000 };
/** Messages of Durable Functions take so long. */
const MESSAGE = { from: 5, to: 300 };

/** A text of a document, or the key. */
function isPrivate(text: string): boolean {
  return text.includes("Secret of") || text.includes(KEY);
}

/** What a sweep logs that tells of documents which were missed. */
const MISSED = /"event":"sweep\.report".*"missed":([1-9]\d*)/;

/** Everything that a run happens in: two processes of the app, storage, Durable Functions, the service. */
export class World {
  readonly plan: Plan;
  readonly scheduler: Scheduler;
  readonly faults: FaultBook;
  readonly storage: MemoryStorage;
  readonly language: SimulatedLanguage;
  readonly hub: TaskHub;
  readonly processes: SimProcess[] = [];
  readonly app: LoadedApp;
  /** Storage operations by kind and place. */
  readonly operations = new Map<string, number>();
  /** What the app logged, one JSON text a line. */
  readonly logs: { at: number; process: string; line: string }[] = [];
  /** When a sweep told of so many missed documents; `hidden`: documents that somebody had received by then. */
  readonly missed: { at: number; documents: number; hidden: number }[] = [];
  /** What went through histories of Durable Functions, or into the log, and should not have. */
  readonly leaks: string[] = [];
  readonly journal = new Journal();
  readonly steps = new StepJournal();
  /** When storage failed an operation so that the app learned of it. */
  readonly storageTroubles: number[] = [];
  /** Errors that nobody caught: each would have ended its process. */
  readonly uncaught: string[] = [];
  readonly deaths: { at: number; process: string; why: string }[] = [];
  /** Faults and what came of them; with `verbose`, every effect. */
  readonly timeline: string[] = [];
  readonly verbose: boolean;
  env: Readonly<Record<string, string>>;
  pipelines: readonly Record<string, unknown>[];
  #started = 0;
  #messages = 0;

  constructor(plan: Plan, app: LoadedApp, { verbose = false }: { verbose?: boolean } = {}) {
    this.plan = plan;
    this.app = app;
    this.verbose = verbose;
    this.env = { ...BASE_ENV, ...plan.env };
    this.pipelines = plan.pipelines;
    this.scheduler = new Scheduler(plan.start);
    this.faults = new FaultBook(plan.faults);
    this.storage = new MemoryStorage(() => this.scheduler.now + plan.storageSkewMs);
    const trace = (line: () => string): void => this.trace(line);
    const { scheduler, faults } = this;
    const endpoints = [ENDPOINT, OTHER_ENDPOINT, ...(plan.endpoints ?? [])];
    this.language = new SimulatedLanguage({ plan, endpoints, scheduler, faults, storage: this.storage, trace });
    this.hub = new TaskHub({
      scheduler,
      orchestrators: app.orchestrators,
      runActivity: (name, input) => this.runActivity(name, input),
      deliver: (kind, about) => this.#deliver(kind, about),
      hiddenMs: (about) => 2_000 + 298_000 * this.chance(`hidden ${about}`) ** 3,
      trace: (line) => this.trace(() => line),
    });
    this.hub.onPayload = (text) => {
      if (isPrivate(text)) this.leaks.push(text);
    };
    this.storage.onChange = (container, name, blob) => {
      this.journal.note(this.scheduler.now, container, name, blob);
      this.steps.note(this.scheduler.now, container, name, blob);
      if (blob !== undefined) this.onBlob(container, name);
    };
  }

  /** Called for each blob that is written. */
  onBlob: (container: string, name: string) => void = () => {};

  /** A number from 0 to 1 that follows from the seed, and how often it was asked for. */
  chance(key: string): number {
    return fraction(this.plan.seed, `${key} ${++this.#messages}`);
  }

  /** Queues of the app with something in them; who hears of ends takes nothing. */
  waitingQueues(): QueueStore[] {
    return [...this.storage.queues.values()].filter(({ name, messages }) => name !== ENDED && messages.length > 0);
  }

  #hiddenDocuments(): number {
    const hidden = this.waitingQueues()
      .flatMap(({ messages }) => messages)
      .filter(({ visibleAt }) => visibleAt > this.scheduler.now + this.plan.storageSkewMs);
    // Those of a message stand in an array, if they are several.
    return hidden.reduce((sum, { text }) => {
      const content = Buffer.from(text, "base64").toString("utf8");
      return sum + (content.startsWith("[") ? content.split('"queuedAt"').length - 1 : 1);
    }, 0);
  }

  /** Milliseconds since the beginning. */
  get since(): number {
    return this.scheduler.now - this.plan.start;
  }

  trace(line: () => string): void {
    if (this.verbose) this.note(line());
  }

  note(line: string): void {
    this.timeline.push(`${(this.since / 1000).toFixed(3).padStart(9)} ${line}`);
  }

  /** Notes an error that nobody caught. */
  noteUncaught(error: unknown): void {
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    this.uncaught.push(message);
    this.note(`nobody caught ${message}`);
  }

  /** Lets the process whose code runs be asked for its surroundings. */
  enter(): void {
    provideSurroundings(() => {
      const { current } = this.scheduler;
      if (!(current instanceof SimProcess)) throw new Error("No simulated process is at work");
      return current;
    });
  }

  boot(): void {
    for (const slot of [0, 1]) this.#startProcess(slot);
  }

  /** Kills a process: what it is about to do never happens, and another takes its place. */
  kill(process: SimProcess, why: string): void {
    if (process.dead) return;
    process.dead = true;
    this.steps.died(this.scheduler.now, process.name);
    const slot = this.processes.indexOf(process);
    this.deaths.push({ at: this.scheduler.now, process: process.name, why });
    this.note(`${process.name} dies ${why}`);
    this.hub.released(process);
    const part = this.chance("restart");
    this.scheduler.after(RESTART.from + (RESTART.to - RESTART.from) * part * part, () => this.#startProcess(slot));
  }

  /** All processes start anew, as after a change of settings. */
  restartAll(why: string): void {
    for (const process of [...this.processes]) this.kill(process, why);
  }

  /** A process that lives. */
  anyProcess(key: string): SimProcess | undefined {
    const living = this.processes.filter(({ dead }) => !dead);
    return living[Math.floor(this.chance(key) * living.length)];
  }

  /** Does something in a process. The promise never settles when the process dies meanwhile. */
  inside<T>(process: SimProcess, work: () => Promise<T> | T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.scheduler.after(
        0,
        () => {
          // Not awaited: its effects come later.
          void (async () => work())().then(resolve, reject);
        },
        process,
      );
    });
  }

  runActivity(name: string, input: unknown): { owner: SimProcess; result: Promise<unknown> } | undefined {
    const process = this.anyProcess(`activity ${name}`);
    if (process === undefined) return undefined;
    const activity = this.app.activities.get(name);
    if (activity === undefined) throw new Error(`There is no activity ${name}`);
    const context = this.context(process, name);
    const ended = this.steps.begin(this.scheduler.now, process.name, input);
    const result = this.inside(process, async () => activity(input as never, context as never));
    const over = (): void => ended(this.scheduler.now);
    void result.then(over, over);
    return { owner: process, result };
  }

  /** What a function is given beside its input. */
  context(process: SimProcess, functionName: string): object {
    const log = (line: string): void => {
      const at = this.scheduler.now;
      this.logs.push({ at, process: process.name, line });
      const [, missed] = MISSED.exec(line) ?? [];
      if (missed !== undefined) this.missed.push({ at, documents: Number(missed), hidden: this.#hiddenDocuments() });
      if (isPrivate(line)) this.leaks.push(line);
      this.trace(() => `${process.name} log ${line}`);
    };
    const extraInputs = { get: () => ({}), set() {} };
    return {
      functionName,
      invocationId: `i${this.logs.length}`,
      extraInputs,
      info: log,
      log,
      warn: log,
      error: log,
      debug: log,
      triggerMetadata: {},
      options: {},
    };
  }

  #startProcess(slot: number): void {
    const name = `p${slot}.${++this.#started}`;
    const { plan, scheduler, faults, storage } = this;
    const count = ({ kind, place }: StorageOperation): void => {
      const key = `${kind} ${place}`;
      this.operations.set(key, (this.operations.get(key) ?? 0) + 1);
    };
    const gate = (process: SimProcess) =>
      gateOf(process, {
        seed: plan.seed,
        start: plan.start,
        scheduler,
        faults,
        count,
        kill: (one, why) => this.kill(one, why),
        failed: () => void this.storageTroubles.push(scheduler.now),
        trace: (line) => this.trace(line),
      });
    const process = new SimProcess({
      name,
      skewMs: plan.skewsMs[slot] ?? 0,
      makeApp: () => this.app.makeApp(this.env, this.pipelines),
      makeOpener: () => this.app.makeOpener(),
      blobs: (one) => blobServiceClient(storage, gate(one)),
      queues: (one) => queueServiceClient(storage, gate(one)),
      httpClient: (one) => this.language.httpClient(one),
      durable: (one) => durableClient(this.hub, gate(one)),
      token: () => Promise.resolve({ token: this.#token(), expiresOnTimestamp: scheduler.now + 3_600_000 }),
    });
    this.processes[slot] = process;
    this.trace(() => `${name} starts`);
    const start = this.app.functions.get("appStart");
    if (start !== undefined) void this.inside(process, () => (start.handler as () => Promise<void>)());
  }

  #token(): string {
    const claims = { aud: "https://cognitiveservices.azure.com", exp: Math.floor(this.scheduler.now / 1000) + 3_600 };
    return `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.`;
  }

  #deliver(kind: MessageKind, about: string): number[] {
    const part = this.chance(`${kind} ${about}`);
    const usual = MESSAGE.from + (MESSAGE.to - MESSAGE.from) * part * part * part;
    const { faults, since } = this;
    switch (kind) {
      case "activity": {
        const twice = faults.take("activityTwice", since);
        if (twice !== undefined)
          return this.#struck(`given out twice: ${about}`, [usual, usual + twice.afterSeconds * 1000]);
        const late = faults.take("activityLate", since);
        return late === undefined ? [usual] : this.#struck(`given out late: ${about}`, [usual + late.seconds * 1000]);
      }
      case "completion": {
        if (faults.take("completionLost", since) !== undefined) return this.#struck(`its end is lost: ${about}`, []);
        const late = faults.take("completionLate", since);
        return late === undefined ? [usual] : this.#struck(`its end is late: ${about}`, [usual + late.seconds * 1000]);
      }
      case "start": {
        if (faults.take("startTwice", since) !== undefined)
          return this.#struck(`started twice: ${about}`, [usual, usual * 2]);
        const late = faults.take("startLate", since);
        return late === undefined ? [usual] : this.#struck(`starts late: ${about}`, [usual + late.seconds * 1000]);
      }
      case "timer": {
        if (faults.take("timerLost", since) !== undefined) return this.#struck(`its timer is lost: ${about}`, []);
        const early = faults.take("timerEarly", since);
        if (early !== undefined) return this.#struck(`its timer is early: ${about}`, [-early.milliseconds]);
        const late = faults.take("timerLate", since);
        return late === undefined
          ? [usual]
          : this.#struck(`its timer is late: ${about}`, [usual + late.seconds * 1000]);
      }
    }
  }

  #struck(line: string, deliveries: number[]): number[] {
    this.note(line);
    return deliveries;
  }
}
