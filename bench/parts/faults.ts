import type { Load, Throughput } from "../../simulation/throughput/measure.ts";
import { type Row, row } from "../figure.ts";
import { onSimulation } from "./on-simulation.ts";

const DAY_SECONDS = 86_400;

/** What goes wrong all the time: of the calls of the service so many, and a process a minute. */
const RULES: Extract<NonNullable<Load["faults"]>[number], { kind: "scenario" }>["rules"] = [
  { when: { every: 10 }, do: { action: "throttle", retryAfterSeconds: 1 } },
  { when: { every: 20 }, do: { action: "error", status: 503 } },
  { when: { every: 100 }, do: { action: "drop" } },
  { when: { every: 101 }, do: { action: "drop", after: true } },
];

/** A backlog with and without faults: what is left of the documents a minute, and that each has its record. */
export async function faults(): Promise<Row[]> {
  const load: Load = { documents: 7_500, callsPerMinute: 100, counting: "together", jobSeconds: 10 };
  const scenario = { at: 0, kind: "scenario" as const, name: "all the time", seconds: DAY_SECONDS, rules: RULES };
  const well = await onSimulation(load);
  const ill = await onSimulation({ ...load, faults: [scenario], killEverySeconds: 60 });
  const name = "10 % 429, 5 % 5xx, 2 % broken connections, a kill a minute";
  return [
    row(`${name}: documents a minute ÷ those without faults`, well.totalMs / ill.totalMs, 1),
    row(`${name}: documents with a record`, ill.records / load.documents, 1),
    row(`${name}: calls a document`, callsOf(ill) / load.documents, 0.08),
    row(`${name}: jobs ÷ those without faults`, ill.jobs / well.jobs, 1),
  ];
}

function callsOf({ jobs, polls, refused }: Throughput): number {
  return jobs + polls + refused;
}
