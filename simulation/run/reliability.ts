import type { Summary } from "./summary.ts";

/** The figures of a run over many seeds, as `docs/reliability.json` keeps them. */
export interface Reliability {
  /** Of the sources that were run. */
  commit: string;
  seeds: { from: number; count: number };
  simulatedHours: number;
  documents: number;
  jobs: number;
  events: number;
  /** How many of each kind struck. */
  faults: Record<string, number>;
  /** Seeds that broke a promise. */
  violations: number;
}

export function reliabilityOf(
  summaries: readonly Summary[],
  { commit, from }: { commit: string; from: number },
): Reliability {
  const sum = (of: (summary: Summary) => number): number => summaries.reduce((all, one) => all + of(one), 0);
  const kinds = [...new Set(summaries.flatMap(({ faults }) => Object.keys(faults)))].sort();
  return {
    commit,
    seeds: { from, count: summaries.length },
    simulatedHours: Math.round(sum(({ virtualMs }) => virtualMs) / 3_600_000),
    documents: sum(({ documents }) => documents),
    jobs: sum(({ jobs }) => jobs),
    events: sum(({ events }) => events),
    faults: Object.fromEntries(kinds.map((kind) => [kind, sum(({ faults }) => faults[kind] ?? 0)])),
    violations: sum(({ violations }) => Number(violations.length > 0)),
  };
}
