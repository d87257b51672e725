import type { ServiceError } from "../../language/analysis.ts";
import type { Turn } from "../lane.ts";
import type { LaneContext } from "../lane-context.ts";
import { callerOf } from "../pacer.ts";
import type { Interruption } from "../policy/next-step.ts";
import type { Operation } from "../policy/pace.ts";
import { learnJobSeconds } from "../policy/poll-schedule.ts";
import type { BatchJob, Ticket } from "../store/batch-progress.ts";
import type { JobAnswers } from "../store/stored-jobs.ts";
import { TurnTaker } from "../turn-taker.ts";

/** A job that the service accepted and that came to nothing for a reason which need not be its documents'. */
export interface LostJob {
  job: BatchJob;
  ticket: Ticket;
  error: ServiceError;
  /** What it said, where it blames each document by itself. */
  answers?: JobAnswers | undefined;
}

/** What a poll of one job showed. */
export interface Poll {
  answered?: boolean;
  /** How long it took, by the service's own clock, when it has ended. */
  seconds?: number;
  lost?: LostJob;
  interruption?: Interruption | undefined;
}

/** While jobs wait so long to be sent, the service is what holds the work up; a lane's own last jobs are not. */
const NOTICEABLE_SECONDS = 1;

/** In which order, and how many, the open jobs of a batch are polled in one step: each at the resource that has it. */
export class PollQueue {
  readonly #context: LaneContext;
  readonly #kept: readonly Turn[] | undefined;
  readonly #due: readonly BatchJob[];
  readonly #takers = new Map<string, TurnTaker>();
  readonly #asked = new Set<BatchJob>();
  /** Resources that are not asked any more in this step. */
  readonly #over = new Set<string>();
  readonly #later = new Map<string, Turn>();
  /** Seconds that jobs took, by resource. */
  readonly #seconds = new Map<string, number[]>();

  constructor(context: LaneContext, due: readonly BatchJob[], kept: readonly Turn[] | undefined) {
    this.#context = context;
    this.#due = due;
    this.#kept = kept;
  }

  /** Waits until a job may be polled; false when it is not polled in this step. */
  async comesTo(job: BatchJob): Promise<boolean> {
    // What becomes of a job that was put aside is not for the service alone to say.
    if (job.unusable !== undefined) return true;
    const endpoint = endpointOf(job);
    if (this.#over.has(endpoint)) return false;
    const taker = this.#takers.get(endpoint) ?? (await this.#reserve(endpoint));
    if (taker.turn.calls === 0) await taker.renew(this.#unasked(endpoint));
    if (await taker.next()) {
      this.#asked.add(job);
      return true;
    }
    this.#later.set(endpoint, taker.turn);
    this.#over.add(endpoint);
    return false;
  }

  /**
   * Learns from a poll. Jobs are sent together: where one still runs, and any call waits or nobody knows how long jobs take,
   * the rest is not asked in vain.
   */
  async saw(job: BatchJob, { seconds, interruption, lost }: Poll): Promise<void> {
    const endpoint = endpointOf(job);
    const taker = this.#takers.get(endpoint);
    if (seconds !== undefined) this.#seconds.set(endpoint, [...(this.#seconds.get(endpoint) ?? []), seconds]);
    if (interruption?.kind === "throttled") {
      this.#over.add(endpoint);
      if (interruption.until === "polled") await taker?.slowDown(interruption.error.retryAfterSeconds);
    }
    if (interruption === undefined) await taker?.accepted();
    const runs = seconds === undefined && interruption === undefined && lost === undefined;
    if (runs && (await this.#sparesRest(endpoint))) this.#over.add(endpoint);
  }

  /** How long such jobs take, as seen by now; every lane learns of it. */
  learn(): number | undefined {
    const { pacer } = this.#context;
    const caller = callerOf(this.#context);
    for (const [endpoint, seconds] of this.#seconds) {
      const learned = learnJobSeconds(pacer.jobSeconds(caller, endpoint), seconds);
      if (learned !== undefined) pacer.learn(caller, endpoint, learned);
    }
    const known = this.#due.flatMap((job) => pacer.jobSeconds(caller, endpointOf(job)) ?? []);
    return known.length === 0 ? undefined : Math.max(...known);
  }

  /** Polls that have to wait for others. */
  get turns(): Turn[] {
    return [...this.#later.values()];
  }

  async #reserve(endpoint: string): Promise<TurnTaker> {
    // Calls that are reserved and not made are lost to all lanes, and the first job tells whether the others are done.
    const isScarce =
      (await this.#waits(endpoint, "poll")) > 0 || (await this.#waits(endpoint, "submit")) > NOTICEABLE_SECONDS;
    const calls = isScarce ? 1 : this.#unasked(endpoint);
    const taker = await TurnTaker.reserve(this.#context, { operation: "poll", calls, endpoint }, this.#kept);
    this.#takers.set(endpoint, taker);
    return taker;
  }

  #unasked(endpoint: string): number {
    const isLeft = (job: BatchJob) => endpointOf(job) === endpoint && job.unusable === undefined;
    return this.#due.filter((job) => isLeft(job) && !this.#asked.has(job)).length;
  }

  async #sparesRest(endpoint: string): Promise<boolean> {
    if (this.#context.pacer.jobSeconds(callerOf(this.#context), endpoint) === undefined) return true;
    return (await this.#waits(endpoint, "submit")) > 0 || (await this.#waits(endpoint, "poll")) > 0;
  }

  /** How long a call that is reserved now would have to wait for others, seconds. */
  #waits(endpoint: string, operation: Operation): Promise<number> {
    const caller = { ...callerOf(this.#context), endpoints: [endpoint] };
    return this.#context.pacer.waitSeconds(caller, operation);
  }
}

function endpointOf({ ticket }: BatchJob): string {
  return ticket?.endpoint ?? "";
}
