import type { FoundRecord } from "./read-records.ts";

const ROWS = 60;

/** A table of where every document ended: failures first, and no more rows than can be read. */
export function recordTable(records: readonly FoundRecord[]): string {
  const failed = (one: FoundRecord): number => (one.record.status === "succeeded" ? 1 : 0);
  const sorted = [...records].sort((one, other) => failed(one) - failed(other) || (one.blob < other.blob ? -1 : 1));
  const rows = sorted
    .slice(0, ROWS)
    .map(({ container, record }) => [
      shorten(visible(record.document.name), 44),
      record.status,
      container,
      shorten(
        record.error === undefined ? finding(record.tasks?.[0]) : `${record.error.code}: ${record.error.message}`,
        70,
      ),
    ]);
  const header = ["document", "status", "container", "what came out"];
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  const more = sorted.length > ROWS ? [`… and ${sorted.length - ROWS} more`] : [];
  return [line(header), line(widths.map((width) => "─".repeat(width))), ...rows.map(line), ...more].join("\n");
}

/** The gist of a task's answer, whatever its kind. */
function finding(task: Record<string, unknown> | undefined): string {
  if (task === undefined) return "";
  const { classes, entities, keyPhrases, sentiment } = task as Record<string, unknown[] | undefined>;
  if (classes !== undefined) {
    return (
      (classes as { category: string; confidenceScore: number }[])
        .map(({ category, confidenceScore }) => `${category} ${confidenceScore}`)
        .join(", ") || "no class"
    );
  }
  if (entities !== undefined) {
    return (
      (entities as { text: string; category?: string }[])
        .map(({ text, category }) => (category === undefined ? text : `${category} “${text}”`))
        .join(", ") || "no entity"
    );
  }
  if (keyPhrases !== undefined) return (keyPhrases as string[]).join(", ");
  return typeof sentiment === "string" ? sentiment : "";
}

/** Control characters would act on the terminal. */
export function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, "�");
}

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
