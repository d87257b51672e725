import { readFileSync, writeFileSync } from "node:fs";
import type { Reliability } from "./reliability.ts";

const PAGE = "docs/reliability.md";
const FIGURES = "docs/reliability.json";
const PLANTED_HEAD = ["| planted bug | seed | the promise that it breaks |", "|---|---|---|"].join("\n");

/** The sentence of `docs/reliability.md` that tells of the last long run. */
export function figuresOf({ seeds, simulatedHours, documents, jobs, commit, violations }: Reliability): string {
  const [many, hours, versions, sent] = [seeds.count, simulatedHours, documents, jobs].map((count) =>
    count.toLocaleString("en-US"),
  );
  const outcome = violations === 0 ? "no promise was broken" : `${violations} of them broke a promise`;
  return `${many} seeds, ${hours} simulated hours, ${versions} versions of documents, ${sent} jobs (commit ${commit}): ${outcome}.`;
}

/** Writes the figures of a run where `docs` has those of the last. */
export function writeFigures(reliability: Reliability): void {
  writeFileSync(FIGURES, `${JSON.stringify(reliability, null, 2)}\n`);
  replaceInPage(/^[\d,]+ seeds, [\d,]+ simulated hours, .*$/m, figuresOf(reliability));
}

/** What is told of a planted bug; without a seed where none found it. */
export interface PlantedRow {
  bug: string;
  seed: number | undefined;
  promise: string | undefined;
}

/** Writes which seed finds each planted bug where `docs` has what the last run found. */
export function writePlanted(rows: readonly PlantedRow[]): void {
  replaceInPage(/^\| planted bug \|.*\n(?:\|.*\n)*/m, `${PLANTED_HEAD}\n${rows.map(lineOf).join("\n")}\n`);
}

export function lineOf({ bug, seed, promise }: PlantedRow): string {
  return `| ${bug} | ${seed ?? "none"} | ${promise ?? ""} |`;
}

function replaceInPage(place: RegExp, text: string): void {
  const page = readFileSync(PAGE, "utf8");
  if (!place.test(page)) throw new Error(`${PAGE} has no place for: ${text.split("\n")[0]}`);
  writeFileSync(
    PAGE,
    page.replace(place, () => text),
  );
}
