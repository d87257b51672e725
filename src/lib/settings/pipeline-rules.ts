import { z } from "zod";
import { TASK_KINDS } from "../language/analysis.ts";
import { type ApiVersion, parseApiVersion, since } from "../language/api-versions.ts";
import { defaultTaskName } from "./default-task-name.ts";
import type { PlacedProblem } from "./describe-issue.ts";
import { shown } from "./settings-error.ts";

/** Only what the rules look at, and nothing about its form: the schemas report that. */
const taskSchema = z.looseObject({
  kind: z.enum(TASK_KINDS).optional().catch(undefined),
  name: z.string().optional().catch(undefined),
});
const pipelineSchema = z.looseObject({
  name: z.string().optional().catch(undefined),
  apiVersion: z.string().optional().catch(undefined),
  language: z.string().optional().catch(undefined),
  defaultLanguage: z.string().optional().catch(undefined),
  cancelAfter: z.number().optional().catch(undefined),
  tasks: z.array(taskSchema.catch({})).catch([]),
});

/**
 * Versions that take an option of the whole job (`AnalyzeTextJobsInput` of the specification and its older versions, and
 * `preview/2023-11-15-preview/analyzetext.json`).
 */
const JOB_OPTIONS = {
  defaultLanguage: { knownTo: since({ preview: "2023-04-15" }), words: "previews from 2023-04-15-preview on" },
  cancelAfter: {
    knownTo: since({ stable: "2026-05-01", preview: "2025-05-15" }),
    words: "2026-05-01, previews from 2025-05-15-preview on, and later versions",
  },
} as const;

/**
 * What no schema of a single value can say: names are unique, and some values need others. Works on whatever can be
 * made out, so that its problems are reported together with those of the schemas.
 * @param raw the pipelines as they stand in the file
 */
export function checkRules(raw: readonly unknown[]): PlacedProblem[] {
  const pipelines = raw.map((pipeline) => pipelineSchema.catch({ tasks: [] }).parse(pipeline));
  const problems = repeated(pipelines.map(({ name }) => name)).map(({ index, name, first }) => ({
    path: ["pipelines", index, "name"],
    found: `${shown(name)}, the name of pipelines[${first}]`,
    expected: "a name of its own",
  }));
  return [...problems, ...pipelines.flatMap(checkPipeline)];
}

function checkPipeline(pipeline: z.output<typeof pipelineSchema>, index: number): PlacedProblem[] {
  const { apiVersion = "", language, tasks } = pipeline;
  const path = ["pipelines", index];
  const names = tasks.map(({ kind, name }) => name ?? (kind && defaultTaskName(kind)));
  const problems: PlacedProblem[] = repeated(names).map(({ index: task, name, first }) => ({
    path: [...path, "tasks", task, "name"],
    found: `${shown(name)}, the name of tasks[${first}]`,
    expected: "a name of its own",
    hint: "A task without a name is called by its kind.",
  }));
  const version = parseApiVersion(apiVersion);
  if (language === "auto" && version !== undefined && (!version.preview || version.generation !== "analyze-text")) {
    problems.push({
      path: [...path, "language"],
      found: '"auto"',
      expected: "the code of a language",
      hint: `Only previews of the current wire find out the language themselves; ${apiVersion} is none.`,
    });
  }
  problems.push(...checkJobOptions(pipeline, version, path));
  for (const [task, { documentType, fhirVersion }] of tasks.entries()) {
    if (documentType === undefined || fhirVersion !== undefined) continue;
    problems.push({
      path: [...path, "tasks", task, "documentType"],
      found: shown(documentType),
      expected: "fhirVersion beside it",
      hint: 'Add "fhirVersion": "4.0.1".',
    });
  }
  return problems;
}

function checkJobOptions(
  pipeline: z.output<typeof pipelineSchema>,
  version: ApiVersion | undefined,
  path: PropertyKey[],
): PlacedProblem[] {
  const problems: PlacedProblem[] = [];
  for (const option of ["defaultLanguage", "cancelAfter"] as const) {
    const { knownTo, words } = JOB_OPTIONS[option];
    if (pipeline[option] === undefined || version === undefined || knownTo(version)) continue;
    problems.push({
      path: [...path, option],
      found: `${shown(pipeline[option])}, which ${version.text} does not take`,
      expected: "nothing here",
      hint: `Known to ${words}.`,
    });
  }
  if (pipeline.defaultLanguage !== undefined && pipeline.language !== "auto") {
    problems.push({
      path: [...path, "defaultLanguage"],
      found: shown(pipeline.defaultLanguage),
      expected: 'language "auto" beside it',
      hint: "A document with a language of its own needs no other.",
    });
  }
  return problems;
}

/** The places at which a name occurs again. */
function repeated(names: readonly (string | undefined)[]): { index: number; name: string; first: number }[] {
  return names.flatMap((name, index) => {
    const first = name === undefined ? index : names.indexOf(name);
    return name === undefined || first === index ? [] : [{ index, name, first }];
  });
}
