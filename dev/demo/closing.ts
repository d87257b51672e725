import type { PipelineOverview } from "./ask-functions.ts";
import type { Skipped } from "./list-folder.ts";
import type { FoundRecord } from "./read-records.ts";
import { recordTable, visible } from "./show.ts";

/** What came of a demo. */
export interface Outcome {
  seconds: number;
  /** How many documents were dropped. */
  dropped: number;
  skipped: readonly Skipped[];
  records: readonly FoundRecord[];
  overview: readonly PipelineOverview[];
  /** What the host found that Azure would punish. */
  violations: readonly { code: string; message: string }[];
  /** One sentence for each document that is not in exactly one place. */
  problems: readonly string[];
}

/** The last words of a demo. Fine when every file was dropped and every document ended in exactly one place. */
export function closing(outcome: Outcome): { lines: string[]; fine: boolean } {
  const { dropped, skipped, records, overview, violations, problems } = outcome;
  const sample = records.find(({ record }) => record.status === "succeeded");
  const all = skipped.length === 0 ? "Every document" : "Every document that was dropped";
  const lines = [
    `\n${recordTable(records)}\n`,
    ...(sample === undefined ? [] : [`One result, ${sample.container}/${sample.blob}:\n${sample.text.trim()}\n`]),
    ...overview.flatMap(({ name, blocked }) =>
      blocked.map(({ code, message, hint }) => `Pipeline ${name} is blocked: ${code}: ${message}. ${hint}`),
    ),
    `${dropped} documents in ${outcome.seconds.toFixed(1)} s: ${figures(records, overview)}.`,
    ...violations.map(({ code, message }) => `The host complains: ${code}: ${message}`),
    ...skipped.map(skippedLine),
    ...problems.map((problem) => `Not in exactly one place: ${visible(problem)}`),
    ...(problems.length === 0 ? [`${all} ended in exactly one place.`] : []),
  ];
  return { lines, fine: problems.length === 0 && violations.length === 0 && skipped.length === 0 };
}

/** Says which file is not dropped, and why. */
export function skippedLine({ path, reason }: Skipped): string {
  return visible(`Not dropped: ${path}: ${reason}`);
}

function figures(records: readonly FoundRecord[], overview: readonly PipelineOverview[]): string {
  const total = (key: "jobs" | "requests" | "textRecords"): number =>
    overview.reduce((sum, { totals }) => sum + totals[key], 0);
  const results = records.filter(({ container }) => container === "results").length;
  return (
    `${results} results, ${records.length - results} failure records; ` +
    `${total("jobs")} jobs, ${total("requests")} service calls, ${total("textRecords")} text records`
  );
}
