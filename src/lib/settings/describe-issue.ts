import type { z } from "zod";
import { TASK_KINDS, type TaskKind } from "../language/analysis.ts";
import { type ApiVersion, KNOWN_VERSIONS, kindsOf, parseApiVersion } from "../language/api-versions.ts";
import { ENDPOINT_EXPECTED, shownAddress } from "./endpoint.ts";
import { nearestName } from "./nearest-name.ts";
import { type SettingsProblem, shown } from "./settings-error.ts";
import { TASK_PARAMETERS } from "./task-parameters.ts";

/** A problem still without its place in the file. */
export type PlacedProblem = Omit<SettingsProblem, "where" | "line"> & { path: PropertyKey[] };

/**
 * Puts an issue into words.
 * @param raw what was checked, as it stands in the file
 * @param keys the names that it may have itself
 * @param version undefined when the pipeline's own is wrong
 */
export function describeIssue(
  issue: z.core.$ZodIssue,
  raw: unknown,
  keys: readonly string[],
  version?: ApiVersion,
): PlacedProblem[] {
  const found = valueAt(raw, issue.path);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => unknownKey(key, [...issue.path, key], found, keys, version));
  }
  if (issue.code === "invalid_union") return [unknownKind(found, [...issue.path], version)];
  const problem = { path: [...issue.path], expected: issue.message };
  if (issue.message === ENDPOINT_EXPECTED) return [{ ...problem, found: shownAddress(found) }];
  return [{ ...problem, found: shown(found), hint: didYouMean(nearestValue(issue, found)) }];
}

function nearestValue(issue: z.core.$ZodIssue, found: unknown): string | undefined {
  if (typeof found !== "string") return undefined;
  if (issue.code === "invalid_value") return nearestName(found, issue.values.map(String));
  return issue.path.at(-1) === "apiVersion" ? nearestName(found, KNOWN_VERSIONS) : undefined;
}

function unknownKind(found: unknown, path: PropertyKey[], version: ApiVersion | undefined): PlacedProblem {
  const kinds = version === undefined ? TASK_KINDS : kindsOf(version);
  const problem = { path, found: shown(found), expected: `one of ${kinds.join(", ")}` };
  if (found === "CustomHealthcare") {
    const hint =
      "The service retired custom Text Analytics for health in January 2025; only 2023-04-15-preview and 2023-11-15-preview know it.";
    return { ...problem, hint };
  }
  if (version !== undefined && (TASK_KINDS as readonly unknown[]).includes(found)) {
    return { ...problem, hint: whoKnows((other) => kindsOf(other).includes(found as TaskKind)) };
  }
  return { ...problem, hint: didYouMean(typeof found === "string" ? nearestName(found, kinds) : undefined) };
}

function unknownKey(
  key: string,
  path: PropertyKey[],
  owner: unknown,
  keys: readonly string[],
  version: ApiVersion | undefined,
): PlacedProblem {
  const kind = kindIn(owner);
  const known = kind === undefined ? keys : taskKeys(kind, version);
  const found = kind === undefined ? "a name unknown here" : `a parameter that ${kind} does not have`;
  const problem = { path, found, expected: `one of ${known.join(", ")}` };
  if (kind !== undefined && version !== undefined && Object.hasOwn(TASK_PARAMETERS[kind], key)) {
    return { ...problem, found: `${found} in ${version.text}`, hint: whoKnows(TASK_PARAMETERS[kind][key]?.knownTo) };
  }
  return { ...problem, hint: didYouMean(nearestName(key, known)) };
}

function taskKeys(kind: TaskKind, version: ApiVersion | undefined): string[] {
  const parameters = Object.entries(TASK_PARAMETERS[kind]);
  const known = parameters.filter(([, { knownTo }]) => version === undefined || knownTo(version)).map(([name]) => name);
  return ["kind", "name", ...known];
}

function kindIn(owner: unknown): TaskKind | undefined {
  const kind = valueAt(owner, ["kind"]);
  return TASK_KINDS.find((known) => known === kind);
}

/** Versions beyond these few are left out of a hint. */
const VERSIONS_SHOWN = 4;

function whoKnows(knownTo: (version: ApiVersion) => boolean = () => false): string {
  const versions = KNOWN_VERSIONS.filter((text) => {
    const version = parseApiVersion(text);
    return version !== undefined && knownTo(version);
  });
  const more = versions.length > VERSIONS_SHOWN ? ", …" : "";
  return `These versions have it: ${versions.slice(0, VERSIONS_SHOWN).join(", ")}${more}.`;
}

function didYouMean(nearest: string | undefined): string | undefined {
  return nearest === undefined ? undefined : `Did you mean ${shown(nearest)}?`;
}

/** The value at a path; undefined where the path leads nowhere. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, step) => (typeof at === "object" && at !== null ? (at as Record<PropertyKey, unknown>)[step] : undefined),
    value,
  );
}
