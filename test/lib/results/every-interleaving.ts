/** Thrown into a runner to end it as a dying process would. */
class Death {}

/** Does something in steps, and calls the gate before each of them. */
export type Runner<T> = (gate: () => Promise<void>) => Promise<T>;

export interface Race<T> {
  runners: Runner<T>[];
  /** All that decides how things go on, runners' knowledge included; what happens after equal states is tried once. */
  state(): string;
}

/**
 * Runs a few runners side by side in every order in which their steps can follow one another.
 * @param begin makes fresh runners on a fresh world
 * @param check is called at the end of each order, with what each runner came to: undefined when it died
 * @param deathAt the first runner dies when it asks for this step (counted from 0)
 * @returns how many orders were tried
 */
export async function everyInterleaving<T>(
  begin: () => Race<T>,
  check: (outcomes: (T | undefined)[], schedule: string) => Promise<void> | void,
  deathAt = Number.POSITIVE_INFINITY,
): Promise<number> {
  const seen = new Set<string>();
  const prefixes: number[][] = [[]];
  let orders = 0;
  for (let prefix = prefixes.pop(); prefix !== undefined; prefix = prefixes.pop()) {
    const { schedule, decisions, outcomes } = await run(begin(), prefix, deathAt);
    orders++;
    await check(outcomes, schedule.join(""));
    for (const [at, { ready, state }] of decisions.entries()) {
      if (at < prefix.length) continue;
      if (seen.has(state)) break;
      seen.add(state);
      for (const other of ready) if (other !== schedule[at]) prefixes.push([...schedule.slice(0, at), other]);
    }
  }
  return orders;
}

interface Decision {
  /** The runners that could have gone next. */
  ready: number[];
  state: string;
}

async function run<T>({ runners, state }: Race<T>, prefix: readonly number[], deathAt: number) {
  const waiting = new Map<number, (death?: Death) => void>();
  const outcomes: (T | undefined)[] = runners.map(() => undefined);
  const steps = runners.map(() => 0);
  const schedule: number[] = [];
  const decisions: Decision[] = [];
  const finished = runners.map((runner, index) => {
    const gate = () =>
      new Promise<void>((resolve, reject) => {
        waiting.set(index, (death) => (death === undefined ? resolve() : reject(death)));
      });
    return runner(gate).then(
      (outcome) => {
        outcomes[index] = outcome;
      },
      (error: unknown) => {
        if (!(error instanceof Death)) throw error;
      },
    );
  });
  const over = Promise.all(finished);
  over.catch(() => {}); // thrown below, when nobody is at a gate any more
  // Nothing here waits for timers or sockets: once the event loop turns, every runner is at its gate or at its end.
  for (;;) {
    await new Promise(setImmediate);
    const ready = [...waiting.keys()].toSorted();
    const next = prefix[schedule.length] ?? ready[0];
    if (next === undefined) break;
    // How it came to its prefix, an earlier order has told already.
    const isNew = schedule.length >= prefix.length;
    decisions.push({ ready, state: isNew ? `${state()} ${steps}` : "" });
    schedule.push(next);
    const go = waiting.get(next);
    waiting.delete(next);
    const dies = next === 0 && steps[0] === deathAt;
    steps[next] = (steps[next] ?? 0) + 1;
    go?.(dies ? new Death() : undefined);
  }
  await over;
  return { schedule, decisions, outcomes };
}
