import { distance } from "fastest-levenshtein";

/** One thing wrong with the configuration, in words for whoever has to put it right. */
export interface SettingsProblem {
  /** The app setting (`LANGUAGE_ENDPOINT`) or the JSON path (`pipelines[0].tasks[1].projectName`). */
  where: string;
  /** Line in the file, counted from 1. */
  line?: number | undefined;
  /** What stands there now; never the value of a secret. */
  found: string;
  /** What should stand there. */
  expected: string;
  /** What else helps, for example the name that was probably meant. */
  hint?: string | undefined;
}

/**
 * The configuration cannot be used. The message lists every problem at once, so that one restart is enough, and in one
 * line: a log gives each further line a level of its own.
 */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
  /** What was read: `App settings`, or the name of a file. */
  readonly source: string;
  readonly problems: readonly SettingsProblem[];

  constructor(source: string, problems: readonly SettingsProblem[]) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    super([`${source}: ${count}.`, ...problems.map(describeProblem)].join(" "));
    this.source = source;
    this.problems = problems;
  }
}

/** A problem in one sentence. */
export function describeProblem({ where, line, found, expected, hint }: SettingsProblem): string {
  const place = line === undefined ? where : `${where} (line ${line})`;
  return `${place}: found ${found}, expected ${expected}.${hint === undefined ? "" : ` ${hint}`}`;
}

/** Longer values are cut in messages. */
const LONGEST_SHOWN = 60;

/** A value as it is shown in a problem: JSON, cut when long, `nothing` when absent. */
export function quote(value: unknown): string {
  if (value === undefined) return "nothing";
  const json = JSON.stringify(value) ?? typeof value;
  return json.length <= LONGEST_SHOWN ? json : `${json.slice(0, LONGEST_SHOWN - 1)}…`;
}

/** Names further apart than this share of the longer one are different words, not slips of the finger. */
const FARTHEST = 0.4;

/**
 * The known name that a mistyped one most likely meant: upper and lower case count as equal.
 * Undefined when none is near enough to be worth suggesting.
 */
export function nearestName(mistyped: string, known: readonly string[]): string | undefined {
  let nearest: { name: string; share: number } | undefined;
  for (const name of known) {
    const share = distance(mistyped.toLowerCase(), name.toLowerCase()) / Math.max(mistyped.length, name.length);
    if (share <= FARTHEST && share < (nearest?.share ?? Number.POSITIVE_INFINITY)) nearest = { name, share };
  }
  return nearest?.name;
}

/** An object with the same keys and each value replaced; the keys keep their types. */
export function mapValues<Source extends object, To>(
  source: Source,
  change: (value: Source[keyof Source]) => To,
): { [Key in keyof Source]: To } {
  const changed = Object.entries(source).map(([key, value]) => [key, change(value)]);
  return Object.fromEntries(changed) as { [Key in keyof Source]: To };
}

/** The value at a path; undefined where the path leads nowhere. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, step) => (typeof at === "object" && at !== null ? (at as Record<PropertyKey, unknown>)[step] : undefined),
    value,
  );
}
