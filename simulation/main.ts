import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { PROMISES } from "./check/violation.ts";
import type { Plan } from "./plan/fault.ts";
import { PLANTED_BUGS } from "./planted/bugs.ts";
import { findBugs, MOST_SEEDS } from "./planted/find-bugs.ts";
import { type Reliability, reliabilityOf } from "./run/reliability.ts";
import { lineOf, type PlantedRow, writeFigures, writePlanted } from "./run/report.ts";
import { runSeeds, SeedRunner } from "./run/seed-runner.ts";
import type { Shrunk } from "./run/shrink.ts";
import type { Summary } from "./run/summary.ts";

const USAGE = `Runs the app under a seeded scheduler with virtual time, and judges each run.

  npm run simulate -- --seeds 10000 [--from 1]   many seeds, on two threads
  npm run simulate -- --seed 42                  one seed: its shortened timeline, if it breaks a promise
      --save <name>     with --seed: keeps the shortened plan in simulation/found, where npm test replays it
  npm run simulate -- --found                    the plans in simulation/found, which broke a promise once
  npm run simulate -- --planted                  finds each of the planted bugs, and prints the table of docs/reliability.md
      --bug <pattern>   with --planted: only those whose name fits this pattern; --seeds <n>: in so many seeds
      --report          with --seeds or --planted: writes what was found into docs/reliability.md and docs/reliability.json
      --threads <n>     default 2`;

const { values } = parseArgs({
  options: {
    seeds: { type: "string" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
    save: { type: "string" },
    report: { type: "boolean", default: false },
    planted: { type: "boolean", default: false },
    bug: { type: "string", default: "" },
    found: { type: "boolean", default: false },
    threads: { type: "string", default: "2" },
    help: { type: "boolean", default: false },
  },
});

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Plans that broke a promise, shortened: what was mended must stay so. */
const FOUND = "simulation/found";
const threads = Math.min(Number(values.threads), availableParallelism());

if (values.help) print(USAGE);
else if (values.planted) process.exitCode = await findPlanted();
else if (values.found) process.exitCode = await judgeFound();
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

async function findPlanted(): Promise<number> {
  const rows = new Map<string, PlantedRow>();
  const mostSeeds = Number(values.seeds ?? MOST_SEEDS);
  const bugs = PLANTED_BUGS.filter(({ name }) => new RegExp(values.bug).test(name));
  await findBugs(bugs, { threads, mostSeeds }, ({ bug, found }) => {
    const row = { bug, seed: found?.seed, promise: found?.promise };
    rows.set(bug, row);
    print(lineOf(row));
  });
  const found = bugs.flatMap(({ name }) => rows.get(name) ?? []);
  if (values.report) writePlanted(found);
  const missed = found.filter(({ seed }) => seed === undefined).length;
  print(`${bugs.length - missed} of ${bugs.length} planted bugs are found, each within ${mostSeeds} seeds`);
  return missed === 0 ? 0 : 1;
}

async function judgeFound(): Promise<number> {
  const runner = new SeedRunner();
  let broken = 0;
  try {
    for (const name of readdirSync(FOUND)) {
      const { plan } = JSON.parse(readFileSync(`${FOUND}/${name}`, "utf8")) as { plan: Plan };
      const { violations } = await runner.judge(plan);
      broken += Number(violations.length > 0);
      print(`${name}: ${violations.length === 0 ? "breaks no promise" : ""}`);
      for (const { promise, message } of violations) print(`  ${promise}: ${message}`);
    }
  } finally {
    await runner.stop();
  }
  return broken === 0 ? 0 : 1;
}

async function runMany(from: number, count: number): Promise<number> {
  const begun = performance.now();
  const summaries: Summary[] = [];
  const seeds = Array.from({ length: count }, (_, index) => from + index);
  await runSeeds(seeds, threads, (summary) => {
    summaries.push(summary);
    for (const { promise, message } of summary.violations.slice(0, 3))
      print(`seed ${summary.seed}: ${promise}: ${message}`);
    if (summaries.length % 500 === 0) print(`${summaries.length} of ${count} seeds`);
  });
  const seconds = (performance.now() - begun) / 1000;
  const reliability = reliabilityOf(summaries, { commit: commit(), from });
  tell(reliability, seconds);
  if (values.report) writeFigures(reliability);
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
  mkdirSync(FOUND, { recursive: true });
  const file = `${FOUND}/${name}.json`;
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
