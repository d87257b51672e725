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

/** The configuration cannot be used. The message lists every problem at once, so that one restart is enough. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
  readonly problems: readonly SettingsProblem[];

  /** @param source what was read: `App settings`, or the name of a file */
  constructor(source: string, problems: readonly SettingsProblem[]) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    super([`${source}: ${count}.`, ...problems.map(describe)].join("\n"));
    this.problems = problems;
  }
}

function describe({ where, line, found, expected, hint }: SettingsProblem): string {
  const place = line === undefined ? where : `${where} (line ${line})`;
  return `  - ${place}: found ${found}, expected ${expected}.${hint === undefined ? "" : ` ${hint}`}`;
}

/** Longer values are cut in messages. */
const LONGEST_SHOWN = 60;

/** A value as it is shown in a problem: JSON, cut when long, `nothing` when absent. */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const json = JSON.stringify(value) ?? typeof value;
  return json.length <= LONGEST_SHOWN ? json : `${json.slice(0, LONGEST_SHOWN - 1)}…`;
}
