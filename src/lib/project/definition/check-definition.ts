import type { z } from "zod";
import { nearestName, quote, type SettingsProblem, valueAt } from "../../common/problems.ts";
import { isOneOf, trainingLanguages } from "../../labels/languages.ts";
import {
  authoringKinds,
  KNOWN_AUTHORING_VERSIONS,
  marksEntities,
  PROJECT_KINDS,
  wireOf,
} from "../../language/authoring/authoring.ts";
import { ENDPOINT_EXPECTED, shownAddress } from "../../settings/endpoint.ts";
import {
  LONGEST_NAME,
  LONGEST_SWAPPED_NAME,
  NAME_EXPECTED,
  NAME_PATTERN,
  PREVIEW_NAME_EXPECTED,
  PREVIEW_NAME_PATTERN,
  stagingName,
} from "../names.ts";
import { definitionSchema, type RawDefinition } from "./definition-schema.ts";

/**
 * What no schema of a single value can say of a project file that is in order otherwise.
 * @param project its folder's name
 */
export function checkDefinitionRules(raw: unknown, project: string): PlacedProblem[] {
  const definition = definitionSchema.safeParse(raw).data;
  if (definition === undefined) return [];
  const isPreview = wireOf(definition.apiVersion) === "preview";
  return [
    ...checkProjectName(project, isPreview),
    ...checkKind(definition),
    ...checkLabels(definition),
    ...checkSplit(definition),
    ...checkDeployment(definition),
    ...(isPreview ? checkPreview(definition) : []),
  ];
}

function checkProjectName(project: string, isPreview: boolean): PlacedProblem[] {
  const problem = { path: [], found: `the folder name ${quote(project)}, which is the project's` };
  if (!NAME_PATTERN.test(project)) return [{ ...problem, expected: NAME_EXPECTED }];
  if (isPreview && !PREVIEW_NAME_PATTERN.test(project)) return [{ ...problem, expected: PREVIEW_NAME_EXPECTED }];
  return [];
}

function checkKind({ kind, apiVersion, language, multilingual: _ }: RawDefinition): PlacedProblem[] {
  const problems: PlacedProblem[] = [];
  const kinds = authoringKinds(apiVersion);
  if (!kinds.includes(kind)) {
    const hint =
      "The service retired custom Text Analytics for health in January 2025; only previews since 2023-04-15-preview know it.";
    problems.push({ path: ["kind"], found: quote(kind), expected: `one of ${kinds.join(", ")}`, hint });
  }
  const languages = trainingLanguages(kind, wireOf(apiVersion) ?? "current");
  if (!isOneOf(languages, language)) {
    problems.push({ path: ["language"], found: quote(language), expected: `one of ${languages.join(", ")}` });
  }
  return problems;
}

function checkLabels({ kind, labels, labelsFromFolders }: RawDefinition): PlacedProblem[] {
  if (!labelsFromFolders) return [];
  const problem = { path: ["labelsFromFolders"], found: "true" };
  if (labels !== undefined) return [{ ...problem, expected: "either labels or labelsFromFolders" }];
  if (!marksEntities(kind)) return [];
  return [{ ...problem, expected: `labels, because a folder cannot say where the entities of a ${kind} are` }];
}

function checkSplit({ training }: RawDefinition): PlacedProblem[] {
  const options = training?.evaluationOptions;
  if (options === undefined) return [];
  const { kind, trainingSplitPercentage: train, testingSplitPercentage: test } = options;
  const path = ["training", "evaluationOptions"];
  if (kind === "manual" && (train ?? test) !== undefined) {
    return [{ path, found: 'percentages with "manual"', expected: "none: the labels say what is for the test" }];
  }
  if (train !== undefined && test !== undefined && train + test !== 100) {
    return [{ path, found: `${train} and ${test}`, expected: "percentages that make 100 together" }];
  }
  return [];
}

function checkDeployment({ deployment }: RawDefinition): PlacedProblem[] {
  if (deployment === undefined || deployment.strategy !== "swap") return [];
  const { name, stagingName: staging } = deployment;
  if (staging === name) {
    const path = ["deployment", "stagingName"];
    return [{ path, found: `${quote(staging)}, the deployment's own name`, expected: "another name" }];
  }
  if (staging !== undefined || name.length <= LONGEST_SWAPPED_NAME) return [];
  const found = `a name of ${name.length} characters, too long for ${quote(stagingName("…"))}`;
  const expected = `at most ${LONGEST_SWAPPED_NAME} characters (${LONGEST_NAME} with the ending), a stagingName, or "strategy": "replace"`;
  return [{ path: ["deployment", "name"], found, expected }];
}

function checkPreview({ labels, labelsFromFolders, training, apiVersion }: RawDefinition): PlacedProblem[] {
  const problems: PlacedProblem[] = [];
  if (labels === undefined && !labelsFromFolders) {
    problems.push({ path: [], found: "no labels", expected: `labels, without which ${apiVersion} creates no project` });
  }
  const label = training?.modelLabel;
  if (label !== undefined && !PREVIEW_NAME_PATTERN.test(label)) {
    problems.push({ path: ["training", "modelLabel"], found: quote(label), expected: PREVIEW_NAME_EXPECTED });
  }
  if (training?.evaluationOptions !== undefined) {
    const path = ["training", "evaluationOptions"];
    problems.push({
      path,
      found: "a split",
      expected: `none: ${apiVersion} keeps back a tenth of the texts by itself`,
    });
  }
  return problems;
}

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
      found: isEndpoint ? shownAddress(found) : quote(found),
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
  return nearest === undefined ? undefined : `Did you mean ${quote(nearest)}?`;
}
