import type { Registered } from "../shims/azure-functions.ts";
import type { SimProcess } from "./sim-process.ts";
import type { World } from "./world.ts";

/** The host looks at its timers so often, milliseconds. */
const TICK_MS = 30_000;
/** A function of an event that failed is run again; so often, then its message is given up. */
const MOST_TRIES = 5;
const EVENT = { from: 50, to: 4_000 };

interface Running {
  process: SimProcess;
}

/** The host's side of the functions: timers, blob events and HTTP requests, each given to one of the processes. */
export class Triggers {
  /** Events and requests that are still under way. */
  pending = 0;
  /** Which minutes of an hour timers fire in; undefined: all. */
  onlyMinute: number | undefined;
  readonly runs = new Map<string, number>();
  readonly failures: { name: string; message: string; at: number }[] = [];
  readonly #world: World;
  readonly #running = new Map<string, Running>();

  constructor(world: World) {
    this.#world = world;
  }

  start(): void {
    this.#tick();
  }

  /** Tells the functions of a blob, as Event Grid does: at least once, unless a fault has it otherwise. */
  event(functionName: string, blob: { container: string; name: string }): void {
    const { faults, since } = this.#world;
    const part = this.#world.chance(`event ${blob.name}`);
    const usual = EVENT.from + (EVENT.to - EVENT.from) * part * part;
    const deliver = (milliseconds: number): void => this.#deliver(functionName, blob, { milliseconds, tries: 1 });
    if (faults.take("eventLost", since) !== undefined) {
      this.#world.note(`the event of ${blob.name} is lost`);
      return;
    }
    const late = faults.take("eventLate", since);
    const twice = faults.take("eventTwice", since);
    if (late !== undefined) this.#world.note(`the event of ${blob.name} comes ${late.seconds} s late`);
    deliver(usual + (late?.seconds ?? 0) * 1000);
    if (twice === undefined) return;
    this.#world.note(`the event of ${blob.name} comes twice`);
    deliver(usual + twice.afterSeconds * 1000);
  }

  /** Sends a request to an HTTP function. @returns undefined when the process that was to answer it died */
  request(
    functionName: string,
    {
      query = {},
      params = {},
      body = "",
    }: { query?: Record<string, string>; params?: Record<string, string>; body?: string },
    answered: (answer: { status?: number; jsonBody?: unknown; body?: string } | undefined) => void,
  ): void {
    const world = this.#world;
    const process = world.anyProcess("request");
    const registered = world.app.functions.get(functionName);
    if (process === undefined || registered === undefined) {
      answered(undefined);
      return;
    }
    const request = {
      method: String((registered.options.methods as string[] | undefined)?.[0] ?? "GET"),
      url: `https://simulation.example/api/${String(registered.options.route)}`,
      query: new URLSearchParams(query),
      params,
      headers: new Headers(),
      text: async () => body,
      json: async () => JSON.parse(body),
    };
    const handler = registered.handler as (...args: unknown[]) => Promise<object>;
    const watched = this.#watch(process, () => handler(request, world.context(process, functionName)));
    this.pending++;
    watched(
      (answer) => {
        this.pending--;
        answered(answer as object | undefined);
      },
      () => {
        this.pending--;
        answered(undefined);
      },
    );
  }

  #tick(): void {
    const { scheduler, app, faults, since } = this.#world;
    const next = TICK_MS - (scheduler.now % TICK_MS);
    scheduler.after(next, () => this.#tick());
    if (this.#world.since < 1000) return;
    for (const [name, registered] of app.functions) {
      if (registered.kind !== "timer" || !isDue(String(registered.options.schedule), scheduler.now)) continue;
      if (this.onlyMinute !== undefined && new Date(scheduler.now).getUTCMinutes() !== this.onlyMinute) continue;
      if (name === "sweep" && faults.take("sweepSkipped", since) !== undefined) {
        this.#world.note("a sweep is skipped");
        continue;
      }
      this.#runTimer(name, registered);
      if (name === "sweep" && faults.take("sweepTwice", since) !== undefined) {
        this.#world.note("two sweeps at once");
        this.#runTimer(`${name} again`, registered);
      }
    }
  }

  #runTimer(name: string, { handler }: Registered): void {
    const running = this.#running.get(name);
    if (running !== undefined && !running.process.dead) return;
    const process = this.#world.anyProcess(`timer ${name}`);
    if (process === undefined) return;
    this.runs.set(name, (this.runs.get(name) ?? 0) + 1);
    const mark = { process };
    this.#running.set(name, mark);
    const run = handler as (...args: unknown[]) => Promise<unknown>;
    const over = (): void => void (this.#running.get(name) === mark && this.#running.delete(name));
    this.#world
      .inside(process, () => run({}, this.#world.context(process, name)))
      .then(over, (error: unknown) => {
        over();
        this.#failed(name, error);
      });
  }

  #deliver(
    functionName: string,
    blob: { container: string; name: string },
    { milliseconds, tries }: { milliseconds: number; tries: number },
  ): void {
    const world = this.#world;
    this.pending++;
    world.scheduler.after(milliseconds, () => {
      this.pending--;
      const again = (pause: number): void => {
        if (tries < MOST_TRIES) this.#deliver(functionName, blob, { milliseconds: pause, tries: tries + 1 });
        else world.note(`the event of ${blob.name} is given up`);
      };
      const process = world.anyProcess("event");
      const registered = world.app.functions.get(functionName);
      if (process === undefined || registered === undefined) return again(5_000);
      const run = registered.handler as (...args: unknown[]) => Promise<unknown>;
      this.pending++;
      this.#watch(process, () => run({ ...blob }, world.context(process, functionName)))(
        () => void this.pending--,
        (error) => {
          this.pending--;
          if (error !== undefined) this.#failed(functionName, error);
          again(10_000);
        },
      );
    });
  }

  /** Runs something in a process, and notices when that dies. */
  #watch(process: SimProcess, work: () => Promise<unknown>) {
    return (done: (value: unknown) => void, failed: (error: unknown) => void): void => {
      let isOver = false;
      const once =
        <T>(then: (value: T) => void) =>
        (value: T): void => {
          if (!isOver) {
            isOver = true;
            then(value);
          }
        };
      this.#world.inside(process, work).then(once(done), once(failed));
      const look = (): void => {
        if (isOver) return;
        if (process.dead) once(failed)(undefined);
        else this.#world.scheduler.after(5_000, look);
      };
      look();
    };
  }

  #failed(name: string, error: unknown): void {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.failures.push({ name, message, at: this.#world.scheduler.now });
    this.#world.trace(() => `${name} failed: ${message.split("\n")[0]}`);
  }
}

/** Whether a schedule (six fields: second, minute, hour, …) has this moment. */
function isDue(schedule: string, now: number): boolean {
  const date = new Date(now);
  const parts = [date.getUTCSeconds(), date.getUTCMinutes(), date.getUTCHours(), date.getUTCDate()];
  const fields = schedule.split(" ");
  return parts.every((value, index) => {
    const field = fields[index] ?? "*";
    const [, every] = /^\*\/(\d+)$/.exec(field) ?? [];
    if (field === "*") return true;
    return every === undefined ? value === Number(field) : value % Number(every) === 0;
  });
}
