import { type Row, row } from "../figure.ts";
import { onSimulation } from "./on-simulation.ts";

const JOB_SECONDS = 10;
const BACKLOG = 10_000;
/** A tenth of what the service gives in a minute. */
const CALLS_PER_MINUTE = 100;

/**
 * From the drop of one document to its record, without the time that its job takes: alone, each when the lane of the one
 * before has closed; and beside a backlog of the same pipeline, while the service's limit is what holds that up.
 */
export async function latency(): Promise<Row[]> {
  const usual = { jobSeconds: JOB_SECONDS, callsPerMinute: CALLS_PER_MINUTE, counting: "together" as const };
  const alone = await onSimulation({ ...usual, documents: 0, singles: dropped(40, 180) });
  const beside = await onSimulation({ ...usual, documents: BACKLOG, singles: dropped(20, 20) });
  const rows: Row[] = [];
  for (const [words, { singles }] of [
    ["alone", alone],
    [`beside ${BACKLOG} that wait`, beside],
  ] as const) {
    const seconds = Object.values(singles)
      .map((milliseconds) => milliseconds / 1_000 - JOB_SECONDS)
      .toSorted((one, other) => one - other);
    rows.push(row(`one document ${words}: seconds beyond its job, p50`, at(seconds, 0.5), 0));
    rows.push(row(`one document ${words}: seconds beyond its job, p95`, at(seconds, 0.95), 0));
    if (words !== "alone") {
      const share = (1_000 * (at(seconds, 0.95) + JOB_SECONDS)) / beside.totalMs;
      rows.push(row(`one document ${words}: p95 as a share of the time that the backlog takes`, share, 0));
    }
  }
  return rows;
}

/** Names of single documents, and when each is dropped, milliseconds after the backlog. */
function dropped(count: number, everySeconds: number): Record<string, number> {
  const numbers = Array.from({ length: count }, (_, n) => n);
  // Not on the beat of the sweep or of a poll.
  return Object.fromEntries(numbers.map((n) => [`tickets/small/${n}.txt`, 10_000 + n * (everySeconds * 1_000 + 370)]));
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
