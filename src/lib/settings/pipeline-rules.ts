import { z } from "zod";
import { nearestName, quote, type SettingsProblem, valueAt } from "../common/problems.ts";
import { TASK_KINDS, type TaskKind } from "../language/analysis.ts";
import {
  type ApiVersion,
  isNative,
  KNOWN_VERSIONS,
  kindsOf,
  parseApiVersion,
  since,
} from "../language/api-versions.ts";
import { ENDPOINT_EXPECTED, shownAddress } from "./endpoint.ts";
import { DETECT, defaultTaskName } from "./pipeline.ts";
import { TASK_PARAMETERS } from "./task-parameters.ts";

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
  redactedCopies: z.boolean().optional().catch(undefined),
  encoding: z.string().optional().catch(undefined),
  endpoint: z.string().optional().catch(undefined),
  endpoints: z.array(z.looseObject({ endpoint: z.string().optional().catch(undefined) }).catch({})).catch([]),
  rows: z.unknown().optional(),
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
  const pipelines = raw.map((pipeline) => pipelineSchema.catch({ tasks: [], endpoints: [] }).parse(pipeline));
  const problems = repeated(pipelines.map(({ name }) => name)).map(({ index, name, first }) => ({
    path: ["pipelines", index, "name"],
    found: `${quote(name)}, the name of pipelines[${first}]`,
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
    found: `${quote(name)}, the name of tasks[${first}]`,
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
  problems.push(...checkEndpoints(pipeline, path), ...checkJobOptions(pipeline, version, path));
  problems.push(...checkNative(pipeline, path));
  if (pipeline.redactedCopies && pipeline.rows !== undefined) {
    problems.push({
      path: [...path, "redactedCopies"],
      found: "true, beside rows",
      expected: "nothing here",
      hint: "The redacted text of a row stands in its line.",
    });
  }
  if (pipeline.redactedCopies && !tasks.some(({ kind }) => kind === "PiiEntityRecognition")) {
    problems.push({
      path: [...path, "redactedCopies"],
      found: "true, and no task that redacts",
      expected: "a task of the kind PiiEntityRecognition beside it",
    });
  }
  for (const [task, { documentType, fhirVersion }] of tasks.entries()) {
    if (documentType === undefined || fhirVersion !== undefined) continue;
    problems.push({
      path: [...path, "tasks", task, "documentType"],
      found: quote(documentType),
      expected: "fhirVersion beside it",
      hint: 'Add "fhirVersion": "4.0.1".',
    });
  }
  return problems;
}

/** Each of a pipeline's Language resources once, and in one place. */
function checkEndpoints(
  { endpoint, endpoints }: z.output<typeof pipelineSchema>,
  path: PropertyKey[],
): PlacedProblem[] {
  const both = endpoint !== undefined && endpoints.length > 0;
  const doubled = repeated(endpoints.map((one) => one.endpoint?.trim().replace(/\/+$/, "")));
  return [
    ...(both
      ? [
          {
            path: [...path, "endpoint"],
            found: "it, beside endpoints",
            expected: "one of the two",
            hint: "Name it among endpoints.",
          },
        ]
      : []),
    ...doubled.map(({ index, name, first }) => ({
      path: [...path, "endpoints", index, "endpoint"],
      found: `${shownAddress(name)}, as in endpoints[${first}]`,
      expected: "a resource of its own",
    })),
  ];
}

/** Options that say something of a text, where the service reads the documents themselves. */
function checkNative(pipeline: z.output<typeof pipelineSchema>, path: PropertyKey[]): PlacedProblem[] {
  const detects = pipeline.language === DETECT ? (["language"] as const) : [];
  return ([...detects, "encoding", "redactedCopies", "rows"] as const).flatMap((option) => {
    if (!isNative(pipeline.apiVersion ?? "") || pipeline[option] === undefined) return [];
    const found = `${quote(pipeline[option])}, though the service reads these documents itself`;
    const hint = option === "redactedCopies" ? "It writes a redacted copy of every document anyway." : undefined;
    return [{ path: [...path, option], found, expected: "nothing here", ...(hint && { hint }) }];
  });
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
    // Then it is ours, and never sent.
    if (option === "defaultLanguage" && pipeline.language === DETECT) continue;
    problems.push({
      path: [...path, option],
      found: `${quote(pipeline[option])}, which ${version.text} does not take`,
      expected: "nothing here",
      hint: `Known to ${words}.`,
    });
  }
  if (pipeline.defaultLanguage !== undefined && pipeline.language !== "auto" && pipeline.language !== DETECT) {
    problems.push({
      path: [...path, "defaultLanguage"],
      found: quote(pipeline.defaultLanguage),
      expected: 'language "auto" or "detect" beside it',
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
    return issue.keys.map((key) => unknownKey([...issue.path, key], found, keys, version));
  }
  if (issue.code === "invalid_union" && issue.discriminator !== undefined)
    return [unknownKind(found, [...issue.path], version)];
  const problem = { path: [...issue.path], expected: issue.message };
  if (issue.message === ENDPOINT_EXPECTED) return [{ ...problem, found: shownAddress(found) }];
  return [{ ...problem, found: quote(found), hint: didYouMean(nearestValue(issue, found)) }];
}

function nearestValue(issue: z.core.$ZodIssue, found: unknown): string | undefined {
  if (typeof found !== "string") return undefined;
  if (issue.code === "invalid_value") return nearestName(found, issue.values.map(String));
  return issue.path.at(-1) === "apiVersion" ? nearestName(found, KNOWN_VERSIONS) : undefined;
}

function unknownKind(found: unknown, path: PropertyKey[], version: ApiVersion | undefined): PlacedProblem {
  const kinds = version === undefined ? TASK_KINDS : kindsOf(version);
  const problem = { path, found: quote(found), expected: `one of ${kinds.join(", ")}` };
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

/** @param path of the key @param keys that are known where no task says which */
function unknownKey(
  path: PropertyKey[],
  owner: unknown,
  keys: readonly string[],
  version: ApiVersion | undefined,
): PlacedProblem {
  const key = String(path.at(-1));
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
  return nearest === undefined ? undefined : `Did you mean ${quote(nearest)}?`;
}
