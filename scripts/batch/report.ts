import type { Skipped } from "../../dev/demo/list-folder.ts";
import { visible } from "../../dev/demo/show.ts";
import type { Failure } from "./download-records.ts";

/** What came of a run, as `--json` prints it. */
export interface BatchReport {
  run: string;
  pipeline: string;
  /** True when every document of the run has ended. */
  complete: boolean;
  documents: number;
  succeeded: number;
  partiallySucceeded: number;
  failed: number;
  /** Documents that have not ended. */
  open: number;
  /** Files that this command uploaded, and those that were there already with the same content; absent with `--watch`. */
  uploaded?: number;
  unchanged?: number;
  /** Files that became no document of the run. */
  skipped: Skipped[];
  textRecords: number;
  failures: Failure[];
  /** Records that could not be written to this machine. */
  notDownloaded: { document: string; reason: string }[];
  /** Folder with `results/` and `failed/`; absent when nothing was downloaded. */
  out?: string;
  seconds: number;
  /** Command that watches the run again. */
  watchAgain: string;
}

/** Lines of one list that are shown; the rest is in the folder. */
const SHOWN = 20;

/** The end of a run, for people. */
export function describeReport(report: BatchReport): string {
  const { failures, skipped, notDownloaded, out } = report;
  const lines = [
    "",
    ...table([
      ["outcome", "documents"],
      ["succeeded", String(report.succeeded)],
      ["partially succeeded", String(report.partiallySucceeded)],
      ["failed", String(report.failed)],
      ...(report.open === 0 ? [] : [["not ended yet", String(report.open)]]),
      ["all", String(report.documents)],
    ]),
  ];
  if (failures.length > 0) lines.push("", ...describeFailures(failures));
  if (skipped.length > 0) {
    lines.push("", `${count(skipped.length, "file")} became no document of this run:`);
    lines.push(...shown(skipped.map(({ path, reason }) => visible(`  ${path}: ${reason}`))));
  }
  if (notDownloaded.length > 0) {
    lines.push("", `${count(notDownloaded.length, "record")} could not be written here:`);
    lines.push(...shown(notDownloaded.map(({ document, reason }) => visible(`  ${document}: ${reason}`))));
  }
  lines.push("", `${report.textRecords} text records, ${Math.round(report.seconds)} s.`);
  if (out !== undefined) lines.push(visible(`Records: ${out}`));
  return lines.join("\n");
}

/** By code, the most frequent first, each with what to do and some of its documents. */
function describeFailures(failures: readonly Failure[]): string[] {
  const byCode = Map.groupBy(failures, ({ code, task }) => (task === undefined ? code : `${code} (task ${task})`));
  const groups = [...byCode].sort(([, one], [, other]) => other.length - one.length);
  return groups.flatMap(([code, [first, ...others]]) => {
    if (first === undefined) return [];
    const few = [first, ...others].slice(0, 3).map(({ document }) => visible(`    ${document}`));
    const more = others.length > 2 ? [`    … and ${others.length - 2} more`] : [];
    return [visible(`${others.length + 1} × ${code}: ${first.message}`), visible(`  ${first.hint}`), ...few, ...more];
  });
}

function shown(lines: readonly string[]): string[] {
  return lines.length <= SHOWN ? [...lines] : [...lines.slice(0, SHOWN), `  … and ${lines.length - SHOWN} more`];
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = ([name = "", number = ""]: readonly string[]) =>
    `${name.padEnd(widths[0] ?? 0)}  ${number.padStart(widths[1] ?? 0)}`;
  const [header = [], ...body] = rows;
  return [line(header), widths.map((width) => "─".repeat(width)).join("  "), ...body.map(line)];
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}
