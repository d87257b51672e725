import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { PROMISES } from "./check/violation.ts";
import { type Reliability, reliabilityOf } from "./run/reliability.ts";
import { runSeeds, SeedRunner } from "./run/seed-runner.ts";
import type { Shrunk } from "./run/shrink.ts";
import type { Summary } from "./run/summary.ts";

const USAGE = `Runs the app under a seeded scheduler with virtual time, and judges each run.

  npm run simulate -- --seeds 10000 [--from 1]   many seeds, on two threads
  npm run simulate -- --seed 42                  one seed: its shortened timeline, if it breaks a promise
      --save <name>     with --seed: keeps the shortened plan in simulation/found, where npm test replays it
      --report          with --seeds: writes docs/reliability.json
      --threads <n>     default 2`;

const { values } = parseArgs({
  options: {
    seeds: { type: "string" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
    save: { type: "string" },
    report: { type: "boolean", default: false },
    threads: { type: "string", default: "2" },
    help: { type: "boolean", default: false },
  },
});

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

if (values.help) print(USAGE);
else if (values.seed !== undefined) process.exitCode = await runOne(Number(values.seed), values.save);
else process.exitCode = await runMany(Number(values.from), Number(values.seeds ?? 100));

async function runOne(seed: number, save: string | undefined): Promise<number> {
  const runner = new SeedRunner();
  try {
    const shrunk = await runner.shrink(seed);
    if (shrunk === undefined) {
      print(`Seed ${seed} breaks no promise`);
      return 0;
    }
    show(seed, shrunk);
    if (save !== undefined) keep(save, shrunk);
    return 1;
  } finally {
    await runner.stop();
  }
}

async function runMany(from: number, count: number): Promise<number> {
  const begun = performance.now();
  const summaries: Summary[] = [];
  const seeds = Array.from({ length: count }, (_, index) => from + index);
  const threads = Math.min(Number(values.threads), availableParallelism());
  await runSeeds(seeds, threads, (summary) => {
    summaries.push(summary);
    for (const { promise, message } of summary.violations.slice(0, 3))
      print(`seed ${summary.seed}: ${promise}: ${message}`);
    if (summaries.length % 500 === 0) print(`${summaries.length} of ${count} seeds`);
  });
  const seconds = (performance.now() - begun) / 1000;
  const reliability = reliabilityOf(summaries, { commit: commit(), from });
  tell(reliability, seconds);
  if (values.report) writeFileSync("docs/reliability.json", `${JSON.stringify(reliability, null, 2)}\n`);
  const failing = summaries
    .filter(({ violations }) => violations.length > 0)
    .sort((one, other) => one.seed - other.seed);
  const [first] = failing;
  if (first === undefined) return 0;
  print(
    `\n${failing.length} seeds break a promise: ${failing
      .slice(0, 20)
      .map(({ seed }) => seed)
      .join(", ")}. The first, shortened:`,
  );
  await runOne(first.seed, undefined);
  return 1;
}

function tell({ seeds, simulatedHours, documents, jobs, faults, violations }: Reliability, seconds: number): void {
  print(
    `${seeds.count} seeds in ${seconds.toFixed(0)} s: ${simulatedHours} simulated hours, ${documents} documents, ${jobs} jobs`,
  );
  print(
    `faults: ${Object.entries(faults)
      .map(([kind, count]) => `${kind} ${count}`)
      .join(", ")}`,
  );
  print(`violations: ${violations}`);
}

function show(seed: number, { plan, violations, timeline, runs }: Shrunk): void {
  print(`Seed ${seed}, shortened to ${plan.faults.length} faults and ${plan.actions.length} actions in ${runs} runs:`);
  for (const line of timeline) print(line);
  for (const { promise, message } of violations) print(`BROKEN: ${PROMISES[promise]}. ${message}`);
}

function keep(name: string, { plan, violations }: Shrunk): void {
  mkdirSync("simulation/found", { recursive: true });
  const file = `simulation/found/${name}.json`;
  writeFileSync(file, `${JSON.stringify({ broke: violations[0]?.promise, plan }, null, 2)}\n`);
  print(`Kept as ${file}`);
}

function commit(): string {
  try {
    return execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  } catch {
    return "unknown";
  }
}
