import { mkdir, readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { withBlocks } from "../scripts/cost/cost-tables.ts";
import { type Figure, type Row, rounded } from "./figure.ts";
import { PARTS } from "./parts.ts";
import { tables } from "./table.ts";

/**
 * Prints a table of counts and of ratios within one run, which say the same on every machine, and writes them to
 * `bench/results/latest.json` and `docs/performance.md`; with `--only NAME` one part, whose figures take the place of the earlier ones there.
 */
const FILE = new URL("results/latest.json", import.meta.url);
const PAGE = new URL("../docs/performance.md", import.meta.url);
/** Three times as long as the longest part takes. */
const LONGEST_PART_MS = 12 * 60_000;
const { values } = parseArgs({ options: { only: { type: "string" } } });
const chosen = values.only === undefined ? Object.keys(PARTS) : [values.only];
const unknown = chosen.find((name) => !Object.hasOwn(PARTS, name));
if (unknown !== undefined) {
  console.error(`There is no part "${unknown}"; the parts are ${Object.keys(PARTS).join(", ")}`);
  process.exit(2);
}

const before: Figure[] = await readFile(FILE, "utf8").then(
  (text) => (JSON.parse(text) as { figures: Figure[] }).figures,
  () => [],
);
const names = Object.keys(PARTS);
const started = performance.now();
let figures = before.filter(({ part }) => names.includes(part));
for (const part of chosen) {
  const run = PARTS[part];
  if (run === undefined) continue;
  const begun = performance.now();
  let rows: Figure[];
  try {
    rows = (await untilOver(run)).map((row) => ({ part, ...row }));
  } catch (error) {
    // The other parts are worth their time; the figures of this one stay as they were.
    console.error(`\n${part} came to nothing: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
    continue;
  }
  figures = [...figures.filter((figure) => figure.part !== part), ...rows].toSorted(
    (one, other) => names.indexOf(one.part) - names.indexOf(other.part),
  );
  console.log(`\n${part} (${Math.round((performance.now() - begun) / 1_000)} s)`);
  for (const { what, value, floor } of rows) {
    console.log(
      `  ${what.padEnd(84)}${String(rounded(value)).padStart(10)}${floor === undefined ? "" : `   floor ${floor}`}`,
    );
  }
  await write(figures); // whoever ends the run early keeps what it has measured
}
const minutes = (performance.now() - started) / 60_000;
console.log(`\n${chosen.length} ${chosen.length === 1 ? "part" : "parts"} in ${minutes.toFixed(1)} minutes`);
process.exit();

/** What a part comes to. One that hangs, or fails where nobody waits for it, must not take the others along. */
async function untilOver(run: () => Promise<Row[]>): Promise<Row[]> {
  let fail: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const timer = setTimeout(fail, LONGEST_PART_MS, new Error("it did not end in time"));
  process.on("uncaughtException", fail);
  try {
    return await Promise.race([run(), failed]);
  } finally {
    clearTimeout(timer);
    process.off("uncaughtException", fail);
  }
}

async function write(all: readonly Figure[]): Promise<void> {
  await mkdir(new URL(".", FILE), { recursive: true });
  await writeFile(FILE, `${JSON.stringify({ figures: all }, null, 2)}\n`);
  const page = await readFile(PAGE, "utf8");
  await writeFile(PAGE, withBlocks(page, { "bench-figures": tables(all) }));
}
