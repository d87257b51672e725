import type { Clock, Scheduled } from "../clock.ts";
import type { RetryContext, RetryOptions } from "../core-api.ts";
import { describe, type FunctionRunner } from "../function-runner.ts";
import type { HostFunction, TimerTrigger } from "../host-function.ts";
import type { HostLog } from "../log.ts";
import { type ScheduleMonitor, type ScheduleStatus, toStored } from "./schedule-status.ts";

export interface TimerListenerOptions {
  target: HostFunction<TimerTrigger>;
  runner: FunctionRunner;
  clock: Clock;
  monitor: ScheduleMonitor;
  log: HostLog;
}

/** A schedule with more than one run a minute is not remembered in storage (`TimerSchedule.cs`). */
const shortestMonitored = 60_000;

/** Between two attempts to start, doubled each time; milliseconds of real time, because storage has a clock of its own. */
const [firstRetry, longestRetry] = [2_000, 120_000];

type Reason = "scheduled" | "startup" | "past due";

/**
 * Runs a timer function when it is due (`TimerListener.cs`): never twice at a time, and after a run the next due time is
 * reckoned from the time at which the run began. If a run was missed while no host was running, the function runs once
 * at start with `isPastDue`.
 */
export class TimerListener {
  readonly #options: TimerListenerOptions;
  #status: ScheduleStatus = { last: undefined, next: Number.POSITIVE_INFINITY, lastUpdated: undefined };
  #scheduled: Scheduled | undefined;
  #running: Promise<unknown> = Promise.resolve();
  #endWait: () => void = () => {};
  #stopped = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(options: TimerListenerOptions) {
    this.#options = options;
  }

  /** Begins, or tries it again until storage tells of the last run (`FunctionListener.cs`); the host goes on meanwhile. */
  async start(wait = firstRetry): Promise<void> {
    const { target, log } = this.#options;
    try {
      await this.#begin();
    } catch (error) {
      log("error", `The listener for function '${target.name}' was unable to start: ${describe(error)}`, target.name);
      if (this.#stopped) return;
      this.#retry = setTimeout(() => void this.start(Math.min(wait * 2, longestRetry)), wait);
      this.#retry.unref();
    }
  }

  async #begin(): Promise<void> {
    const { target, clock, log } = this.#options;
    const { schedule, runOnStartup } = target.trigger;
    const now = clock.now();
    this.#status = await this.#recall(now);
    if (!Number.isFinite(this.#status.next)) {
      log("warning", `The schedule "${schedule.text}" has no due time ahead.`, target.name);
    }
    if (this.#status.next < now) void this.#fire("past due");
    else if (runOnStartup) void this.#fire("startup");
    else this.#arm(this.#status.next);
  }

  /** Runs the function now, after the run under way if there is one. @throws what its last attempt threw. */
  runNow(isPastDue = false): Promise<unknown> {
    const run = this.#running.then(() => this.#invoke(isPastDue));
    this.#running = run.catch(() => {});
    return run;
  }

  /** Starts no more runs and lets the one under way end. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#retry);
    this.#scheduled?.cancel();
    this.#endWait();
    await this.#running;
  }

  /** The stored status, made anew when there is none or when the schedule is another one than it was made for. */
  async #recall(now: number): Promise<ScheduleStatus> {
    const { target, monitor } = this.#options;
    const { schedule } = target.trigger;
    const stored = this.#isMonitored(now) ? await monitor.read() : undefined;
    const expected = schedule.next(stored?.last ?? stored?.lastUpdated ?? now) ?? Number.POSITIVE_INFINITY;
    if (stored?.next === expected) return stored;
    return this.#remember({ last: undefined, next: expected, lastUpdated: now });
  }

  async #remember(status: ScheduleStatus): Promise<ScheduleStatus> {
    const { target, monitor, log } = this.#options;
    if (Number.isFinite(status.next) && this.#isMonitored(status.next)) {
      await monitor.write(status).catch((error: unknown) => {
        log("warning", `The schedule status could not be written: ${describe(error)}`, target.name);
      });
    }
    return status;
  }

  #isMonitored(now: number): boolean {
    const { schedule, useMonitor } = this.#options.target.trigger;
    const first = schedule.next(now);
    const second = first === undefined ? undefined : schedule.next(first);
    return useMonitor && (first === undefined || second === undefined || second - first >= shortestMonitored);
  }

  #arm(dueTime: number): void {
    if (this.#stopped || !Number.isFinite(dueTime)) return;
    this.#scheduled = this.#options.clock.schedule(dueTime, () => void this.#fire("scheduled"));
  }

  async #fire(reason: Reason): Promise<void> {
    const { clock, target } = this.#options;
    const now = clock.now();
    const begun = reason === "scheduled" ? Math.max(now, this.#status.next) : now; // a timer may fire a little early
    await this.runNow(reason === "past due").catch(() => {}); // told by the runner; the schedule goes on
    const next = target.trigger.schedule.next(begun) ?? Number.POSITIVE_INFINITY;
    this.#status = await this.#remember({ last: begun, next, lastUpdated: begun });
    this.#arm(next);
  }

  async #invoke(isPastDue: boolean): Promise<unknown> {
    const { target, runner } = this.#options;
    const { retry } = target.trigger;
    const info = {
      Schedule: { AdjustForDST: true },
      ScheduleStatus: Number.isFinite(this.#status.next) ? toStored(this.#status) : null,
      IsPastDue: isPastDue,
    };
    const trigger = { json: JSON.stringify(info) };
    let failure: unknown;
    for (let attempt = 0; ; attempt++) {
      try {
        const again = retry && attempt > 0 ? { retry: retryContext(retry, attempt, failure) } : {};
        return (await runner.run(target, { trigger, ...again })).value;
      } catch (error) {
        failure = error;
        const delay = retry && retryDelay(retry, attempt);
        if (delay === undefined) throw error;
        await this.#wait(delay);
        if (this.#stopped) throw error;
      }
    }
  }

  /** Waits on the host's clock, but not longer than this listener lives. */
  async #wait(milliseconds: number): Promise<void> {
    const { clock } = this.#options;
    if (this.#stopped) return;
    await new Promise<void>((resolve) => {
      const wait = clock.schedule(clock.now() + milliseconds, resolve);
      this.#endWait = () => {
        wait.cancel();
        resolve();
      };
    });
  }
}

/**
 * The wait before the next attempt in milliseconds, or undefined when there is none left.
 *
 * @param failed attempts that have been retries: 0 after the first attempt. A policy with -1 retries never ends.
 */
function retryDelay(retry: RetryOptions, failed: number): number | undefined {
  if (retry.maxRetryCount >= 0 && failed >= retry.maxRetryCount) return undefined;
  if (retry.retryStrategy === "fixedDelay") return (retry.delayInterval?.seconds ?? 0) * 1000;
  const shortest = (retry.minimumInterval?.seconds ?? 0) * 1000;
  const longest = (retry.maximumInterval?.seconds ?? 0) * 1000;
  return Math.min(longest, shortest * 2 ** failed);
}

/** What a retried invocation learns of the attempts before it. */
function retryContext(retry: RetryOptions, retryCount: number, failure: unknown): RetryContext {
  return { retryCount, maxRetryCount: retry.maxRetryCount, exception: { message: describe(failure) } };
}
