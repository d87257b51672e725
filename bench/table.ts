import type { Figure } from "./figure.ts";

/** The figures as one Markdown table for each part. */
export function tables(figures: readonly Figure[]): string {
  const parts = [...new Set(figures.map(({ part }) => part))];
  return parts
    .map((part) => {
      const rows = figures.filter((figure) => figure.part === part);
      const lines = rows.map(({ what, value, floor }) => `| ${what} | ${value} | ${floor ?? ""} |`);
      return [`\`${part}\``, "", "| figure | value | floor |", "|---|---|---|", ...lines].join("\n");
    })
    .join("\n\n");
}
