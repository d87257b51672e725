import { mkdir, readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { withBlocks } from "../scripts/cost/cost-tables.ts";
import { type Figure, rounded } from "./figure.ts";
import { PARTS } from "./parts.ts";
import { runStack } from "./stack-run.ts";
import { tables } from "./table.ts";

/**
 * Prints a table of counts and of ratios within one run, which say the same on every machine, and writes them to
 * `bench/results/latest.json` and `docs/performance.md`; with `--only NAME` one part, whose figures take the place of the earlier ones there.
 */
const FILE = new URL("results/latest.json", import.meta.url);
const PAGE = new URL("../docs/performance.md", import.meta.url);
const parts: Record<string, () => Promise<Omit<Figure, "part">[]>> = { ...PARTS, stack: () => runStack(1_000) };

const { values } = parseArgs({ options: { only: { type: "string" } } });
const chosen = values.only === undefined ? Object.keys(parts) : [values.only];
const unknown = chosen.find((name) => !Object.hasOwn(parts, name));
if (unknown !== undefined) {
  console.error(`There is no part "${unknown}"; the parts are ${Object.keys(parts).join(", ")}`);
  process.exit(2);
}

const before: Figure[] = await readFile(FILE, "utf8").then(
  (text) => (JSON.parse(text) as { figures: Figure[] }).figures,
  () => [],
);
const names = Object.keys(parts);
let figures = before.filter(({ part }) => names.includes(part));
for (const part of chosen) {
  const run = parts[part];
  if (run === undefined) continue;
  const rows = (await run()).map((row) => ({ part, ...row }));
  figures = [...figures.filter((figure) => figure.part !== part), ...rows].toSorted(
    (one, other) => names.indexOf(one.part) - names.indexOf(other.part),
  );
  console.log(`\n${part}`);
  for (const { what, value, floor } of rows) {
    console.log(
      `  ${what.padEnd(84)}${String(rounded(value)).padStart(10)}${floor === undefined ? "" : `   floor ${floor}`}`,
    );
  }
}
await mkdir(new URL(".", FILE), { recursive: true });
await writeFile(FILE, `${JSON.stringify({ figures }, null, 2)}\n`);
const page = await readFile(PAGE, "utf8");
await writeFile(PAGE, withBlocks(page, { "bench-figures": tables(figures) }));
process.exit(0);
