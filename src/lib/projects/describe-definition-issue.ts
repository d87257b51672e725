import type { z } from "zod";
import { KNOWN_AUTHORING_VERSIONS } from "../language/authoring/authoring-versions.ts";
import { PROJECT_KINDS } from "../language/authoring/project-kind.ts";
import { valueAt } from "../settings/describe-issue.ts";
import { ENDPOINT_EXPECTED, shownAddress } from "../settings/endpoint.ts";
import { nearestName } from "../settings/nearest-name.ts";
import { type SettingsProblem, shown } from "../settings/settings-error.ts";
import { definitionSchema } from "./definition-schema.ts";

/** A problem still without its place in the file. */
export type PlacedProblem = Omit<SettingsProblem, "where" | "line"> & { path: PropertyKey[] };

/** Names that each part of a project file may have. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  "": Object.keys(definitionSchema.shape),
  training: Object.keys(definitionSchema.shape.training.unwrap().shape),
  "training.evaluationOptions": Object.keys(
    definitionSchema.shape.training.unwrap().shape.evaluationOptions.unwrap().shape,
  ),
  thresholds: Object.keys(definitionSchema.shape.thresholds.unwrap().shape),
  deployment: Object.keys(definitionSchema.shape.deployment.unwrap().shape),
};

/** What people write for a version of authoring, and mean. */
const PREDICTION_PREVIEW = "v3.1-preview.ct.1";

/** Puts an issue of a project file into words. @param raw the file's value */
export function describeDefinitionIssue(issue: z.core.$ZodIssue, raw: unknown): PlacedProblem[] {
  const path = [...issue.path];
  if (issue.code === "unrecognized_keys") {
    const known = NAMES[path.join(".")] ?? [];
    return issue.keys.map((key) => ({
      path: [...path, key],
      found: "a name unknown here",
      expected: `one of ${known.join(", ")}`,
      hint: didYouMean(nearestName(key, known)),
    }));
  }
  const found = valueAt(raw, path);
  const isEndpoint = issue.message === ENDPOINT_EXPECTED || path[0] === "storageAccount";
  return [
    {
      path,
      found: isEndpoint ? shownAddress(found) : shown(found),
      expected: issue.message,
      hint: hintFor(path[0], found),
    },
  ];
}

function hintFor(field: PropertyKey | undefined, found: unknown): string | undefined {
  if (typeof found !== "string") return undefined;
  if (field === "kind") return didYouMean(nearestName(found, PROJECT_KINDS));
  if (field !== "apiVersion") return undefined;
  if (found === PREDICTION_PREVIEW) return `${found} analyses; its authoring is v1.0-preview.2.`;
  return didYouMean(nearestName(found, KNOWN_AUTHORING_VERSIONS));
}

function didYouMean(nearest: string | undefined): string | undefined {
  return nearest === undefined ? undefined : `Did you mean ${shown(nearest)}?`;
}
