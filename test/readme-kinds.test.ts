import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { findApiVersion } from "language-emulator/analyze-text/versions";
import { GENERATIONS } from "language-emulator/text-analytics-v3/versions";
import { describe, expect, it } from "vitest";
import { TASK_KINDS, type TaskKind } from "../src/lib/language/analysis.ts";
import { DATED_VERSIONS, kindsOf, OLDER_VERSIONS, parseApiVersion } from "../src/lib/language/api-versions.ts";

const readme = readFileSync(join(resolve(import.meta.dirname, ".."), "README.md"), "utf8");

const knows = (version: string, kind: TaskKind): boolean =>
  kindsOf(parseApiVersion(version) ?? expect.unreachable(version)).includes(kind);

/** The versions that know a kind: from one on, or just some. */
function versionsOf(kind: TaskKind, all: readonly string[]): string {
  const known = all.filter((version) => knows(version, kind));
  const [first] = known;
  if (first === undefined) return "";
  const onwards = known.length === all.length - all.indexOf(first);
  return onwards ? `from ${first}` : `only ${known.join(", ")}`;
}

function kindsTable(): string {
  const stable = DATED_VERSIONS.filter((version) => !version.endsWith("-preview"));
  const previews = DATED_VERSIONS.filter((version) => version.endsWith("-preview"));
  const older = OLDER_VERSIONS.toReversed();
  const rows = TASK_KINDS.map((kind) => [
    `\`${kind}\``,
    versionsOf(kind, stable),
    versionsOf(kind, previews),
    ...older.map((version) => (knows(version, kind) ? "yes" : "")),
  ]);
  const head = ["task kind", "stable versions", "previews", ...older.map((version) => `\`${version}\``)];
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

describe("the README's table of task kinds and versions", () => {
  it("says what the code says", () => {
    expect(/<!-- kinds -->\n(.*?)\n<!-- \/kinds -->/s.exec(readme)?.[1]).toBe(kindsTable());
  });
});

describe("the app and the emulator, each written from the specification,", () => {
  it.each(DATED_VERSIONS)("agree on the kinds of %s", (version) => {
    const kinds = TASK_KINDS.filter((kind) => knows(version, kind));
    expect(new Set(findApiVersion(version)?.kinds)).toEqual(new Set(kinds));
  });

  it.each(OLDER_VERSIONS)("agree on the kinds of %s, as far as pipelines may ask for them", (version) => {
    const lists = GENERATIONS.find(({ wire }) => wire === version)?.lists ?? {};
    expect(Object.values(lists)).toEqual(expect.arrayContaining(TASK_KINDS.filter((kind) => knows(version, kind))));
  });
});
