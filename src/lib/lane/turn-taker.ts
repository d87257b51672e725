import type { Turn } from "./lane.ts";
import type { LaneContext } from "./lane-context.ts";
import { type Caller, callerOf } from "./pacer.ts";
import type { Operation } from "./policy/pace.ts";

/** The calls of one step to the service, each made when its turn comes. */
export class TurnTaker {
  readonly #context: LaneContext;
  readonly #caller: Caller;
  /** Resources that take nothing now, as this step has seen. */
  readonly #refusing = new Set<string>();
  #turn: Turn;

  private constructor(context: LaneContext, caller: Caller, turn: Turn) {
    this.#context = context;
    this.#caller = caller;
    this.#turn = turn;
  }

  /**
   * Reserves so many calls, or goes on with those that the lane has waited for.
   * @param endpoint the only resource that will do; absent: any of the pipeline's
   */
  static async reserve(
    context: LaneContext,
    { operation, calls, endpoint }: { operation: Operation; calls: number; endpoint?: string },
    kept: readonly Turn[] = [],
  ): Promise<TurnTaker> {
    const all = callerOf(context);
    const caller = endpoint === undefined ? all : { ...all, endpoints: [endpoint] };
    const own = kept.find((turn) => turn.operation === operation && caller.endpoints.includes(turn.endpoint));
    return new TurnTaker(context, caller, await context.pacer.turn(caller, { operation, calls }, own));
  }

  /** Where the calls go. */
  get endpoint(): string {
    return this.#turn.endpoint;
  }

  /** What is left of the turn, to be waited for outside the step. */
  get turn(): Turn {
    return this.#turn;
  }

  /** Waits for the next call; false when it is so far off that the lane should wait outside the step. */
  async next(): Promise<boolean> {
    const { pacer } = this.#context;
    for (;;) {
      if (this.#turn.calls === 0) await this.renew(1);
      const left = await pacer.next(this.#caller, this.#turn);
      if (left !== undefined) {
        this.#turn = left;
        return true;
      }
      if (!pacer.isSoon(this.#turn)) return false;
      await this.renew(this.#turn.calls);
    }
  }

  /** Gives up what is left of the turn for another: at another resource, or after the service refused calls. */
  async renew(calls: number): Promise<void> {
    const { operation } = this.#turn;
    this.#turn = await this.#context.pacer.turn(this.#caller, { operation, calls });
  }

  /**
   * Goes to another resource than the one that takes nothing now.
   * @returns false when all of them have refused in this step: asked in turn, they would be asked without a pause
   */
  async goElsewhere(calls: number): Promise<boolean> {
    this.#refusing.add(this.endpoint);
    await this.renew(calls);
    return !this.#refusing.has(this.endpoint);
  }

  /** The service took the last call. */
  accepted(): Promise<void> {
    return this.#context.pacer.accepted(this.#caller, this.#turn);
  }

  /** The service refused the last call because of too many. */
  slowDown(retryAfterSeconds: number | undefined): Promise<void> {
    return this.#context.pacer.slowDown(this.#caller, this.#turn, retryAfterSeconds);
  }
}

/** How long until the first of these turns, seconds. */
export function secondsUntil(turns: readonly Turn[], now: number): number {
  const first = Math.min(...turns.map(({ at }) => at));
  return Math.max(0.1, Math.round((first - now) / 100) / 10);
}
