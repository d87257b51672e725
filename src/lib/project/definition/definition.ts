import { jsonPath, readJson } from "../../common/json-file.ts";
import { SettingsError, type SettingsProblem } from "../../common/problems.ts";
import { type EvaluationOptions, wireOf } from "../../language/authoring/authoring.ts";
import { stagingName } from "../names.ts";
import { checkDefinitionRules, describeDefinitionIssue, type PlacedProblem } from "./check-definition.ts";
import { definitionSchema, type RawDefinition } from "./definition-schema.ts";

/** What a project is to become: a project file, checked and completed. */
export interface Definition extends Omit<RawDefinition, "$schema" | "training" | "deployment"> {
  wire: "current" | "preview";
  training: {
    modelLabel?: string | undefined;
    trainingConfigVersion: string;
    evaluationOptions: EvaluationOptions;
  };
  /** A swap always has a second name. */
  deployment?:
    | { name: string; strategy: "swap"; stagingName: string }
    | { name: string; strategy: "replace"; stagingName?: string | undefined }
    | undefined;
}

/** Recommended by the service's documentation, and its default. */
const TRAINING_SHARE = 80;

/**
 * Parses a project file: JSON that may hold comments.
 * @param project its folder's name, which is the project's
 * @throws SettingsError listing every problem with its path, line, what was found and what was expected
 */
export function parseDefinition(text: string, project: string): Definition {
  const file = readJson(text);
  const problems: SettingsProblem[] = [...file.problems];
  const report = ({ path, ...problem }: PlacedProblem) =>
    problems.push({ where: jsonPath(path), line: file.lineOf(path), ...problem });
  const parsed = problems.length === 0 ? definitionSchema.safeParse(file.value) : undefined;
  for (const issue of parsed?.error?.issues ?? []) describeDefinitionIssue(issue, file.value).forEach(report);
  if (problems.length === 0) checkDefinitionRules(file.value, project).forEach(report);
  if (parsed?.data === undefined || problems.length > 0) throw new SettingsError(`${project}/project.json`, problems);
  return completeDefinition(parsed.data);
}

/** Fills in what a project file leaves out. */
export function completeDefinition({ $schema: _, training, deployment, ...rest }: RawDefinition): Definition {
  return {
    ...rest,
    wire: wireOf(rest.apiVersion) ?? "current",
    training: {
      modelLabel: training?.modelLabel,
      trainingConfigVersion: training?.trainingConfigVersion ?? "latest",
      evaluationOptions: evaluationOptions(training?.evaluationOptions),
    },
    deployment: deployment && completeDeployment(deployment),
  };
}

function completeDeployment(deployment: NonNullable<RawDefinition["deployment"]>): Definition["deployment"] {
  const { strategy, ...names } = deployment;
  if (strategy === "replace") return { strategy, ...names };
  return { ...names, strategy, stagingName: names.stagingName ?? stagingName(names.name) };
}

function evaluationOptions(given: Partial<EvaluationOptions> = {}): EvaluationOptions {
  if (given.kind === "manual") return { kind: "manual" };
  const { trainingSplitPercentage: training, testingSplitPercentage: testing } = given;
  const share = training ?? (testing === undefined ? TRAINING_SHARE : 100 - testing);
  return { kind: "percentage", trainingSplitPercentage: share, testingSplitPercentage: 100 - share };
}
