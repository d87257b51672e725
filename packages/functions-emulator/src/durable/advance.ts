import type { VirtualClock } from "../clock.ts";
import type { DurableEngineContract } from "./contract.ts";

type Engine = Pick<DurableEngineContract, "idle">;

/**
 * Lets virtual time pass until `done` holds: runs everything that is ready, then moves on to what is due next, again and
 * again. Activities must not wait on the virtual clock themselves.
 *
 * @throws Error when nothing is left to wait for and `done` does not hold.
 */
export async function advanceUntil(
  engine: Engine,
  clock: VirtualClock,
  done: () => boolean | Promise<boolean>,
): Promise<void> {
  await engine.idle();
  while (!(await done())) {
    if (!clock.runNext()) throw new Error("Nothing runs and no timer is set, and what was waited for has not come.");
    await engine.idle();
  }
}

/** Lets virtual time pass, and everything happen that falls into it, its last moment included. */
export async function advance(engine: Engine, clock: VirtualClock, milliseconds: number): Promise<void> {
  const end = clock.now() + milliseconds;
  clock.schedule(end, () => undefined);
  await advanceUntil(engine, clock, () => (clock.nextDueTime ?? Number.POSITIVE_INFINITY) > end);
}

/** Lets virtual time pass until no timer is set. */
export async function runToIdle(engine: Engine, clock: VirtualClock): Promise<void> {
  await advanceUntil(engine, clock, () => clock.nextDueTime === undefined);
}
