/** What an orchestrator asks for and waits for. */
export type Wanted =
  /** `input` is JSON. */
  { kind: "activity"; name: string; input: string; retry: Retry | undefined } | { kind: "timer"; due: number };

interface Retry {
  firstMs: number;
  attempts: number;
  coefficient: number;
}

/** What came of one thing that was asked for; `at` is the orchestration's time from then on, `value` nobody changes. */
export type Outcome = { at: number; value: unknown } | { at: number; error: string };

/** One thing that an execution asked for, and what came of it. */
export interface HistoryEntry {
  wanted: Wanted;
  outcome?: Outcome;
}

/** Where an execution stands after an episode. */
export type Episode =
  | { kind: "waits"; wanted: Wanted; isNew: boolean; customStatus: unknown }
  | { kind: "anew"; input: unknown; customStatus: unknown }
  | { kind: "ended"; output: unknown; customStatus: unknown }
  | { kind: "failed"; message: string; customStatus: unknown };

type Orchestrator = (context: unknown) => Generator<unknown, unknown, unknown>;

/**
 * Runs an orchestrator from its beginning over all that has come of what it asked for, as Durable Functions replays it.
 * An orchestrator that asks for something else than it did before has failed: it is not deterministic.
 */
export function replay(
  orchestrator: Orchestrator,
  { input, startedAt, history }: { input: unknown; startedAt: number; history: readonly HistoryEntry[] },
): Episode {
  const asked: Wanted[] = [];
  let now = startedAt;
  let customStatus: unknown;
  let anew: { input: unknown } | undefined;
  const want = (wanted: Wanted): Wanted => {
    asked.push(wanted);
    return wanted;
  };
  const df = {
    getInput: () => input,
    setCustomStatus: (status: unknown) => {
      customStatus = status;
    },
    get currentUtcDateTime() {
      return new Date(now);
    },
    createTimer: (due: Date) => want({ kind: "timer", due: due.getTime() }),
    callActivity: (name: string, given: unknown) =>
      want({ kind: "activity", name, input: JSON.stringify(given), retry: undefined }),
    callActivityWithRetry: (name: string, options: RetryShape, given: unknown) =>
      want({
        kind: "activity",
        name,
        input: JSON.stringify(given),
        retry: {
          firstMs: options.firstRetryIntervalInMilliseconds,
          attempts: options.maxNumberOfAttempts,
          coefficient: options.backoffCoefficient,
        },
      }),
    continueAsNew: (given: unknown) => {
      anew = { input: given };
    },
  };
  const generator = orchestrator({ df });
  try {
    let step = generator.next();
    for (let index = 0; !step.done; index++) {
      const wanted = asked.at(-1);
      if (wanted === undefined || step.value !== wanted || asked.length !== index + 1)
        throw new Error("The simulation knows only orchestrators that wait for one thing after the other");
      const entry = history[index];
      if (entry !== undefined && !isSame(entry.wanted, wanted))
        return { kind: "failed", message: `Not deterministic at ${index}`, customStatus };
      if (entry?.outcome === undefined) return { kind: "waits", wanted, isNew: entry === undefined, customStatus };
      const { outcome } = entry;
      now = outcome.at;
      step = "error" in outcome ? generator.throw(new Error(outcome.error)) : generator.next(outcome.value);
    }
    if (anew !== undefined) return { kind: "anew", input: anew.input, customStatus };
    return { kind: "ended", output: step.value, customStatus };
  } catch (error) {
    return { kind: "failed", message: error instanceof Error ? error.message : String(error), customStatus };
  }
}

interface RetryShape {
  firstRetryIntervalInMilliseconds: number;
  maxNumberOfAttempts: number;
  backoffCoefficient: number;
}

function isSame(one: Wanted, other: Wanted): boolean {
  if (one.kind === "timer" || other.kind === "timer")
    return one.kind === "timer" && other.kind === "timer" && one.due === other.due;
  return one.name === other.name && one.input === other.input;
}
