import * as z from "zod";
import { invalidParameter } from "../http/service-error.ts";
import type { CustomModel } from "../models/model.ts";
import { DEFAULT_STRING_INDEX_TYPE, STRING_INDEX_TYPES, type StringIndexType } from "../text.ts";

/** The analyses that a job can ask for, by the service's names. */
const TASK_KINDS = [
  "CustomSingleLabelClassification",
  "CustomMultiLabelClassification",
  "CustomEntityRecognition",
  "CustomHealthcare",
  "CustomSentimentAnalysis",
  "CustomAbstractiveSummarization",
  "Healthcare",
  "EntityRecognition",
  "PiiEntityRecognition",
  "KeyPhraseExtraction",
  "SentimentAnalysis",
  "EntityLinking",
  "ExtractiveSummarization",
  "AbstractiveSummarization",
] as const;

export type TaskKind = (typeof TASK_KINDS)[number];

/** A document as an analysis sees it: never blank, its language one that the kind supports. */
export interface AnalysedDocument {
  id: string;
  text: string;
  language: string;
}

/** What an analysis says of one document, as the current wire spells it; spans in UTF-16 code units. */
export type Content = Readonly<Record<string, unknown>>;

/** Parameters that a kind got later, in some versions of the current wire; a version passes over those it has not. */
const LATER_PARAMETERS = [
  "excludePiiCategories",
  "redactionCharacter",
  "redactionPolicy",
  "redactionPolicies",
  "valueExclusionPolicy",
  "confidenceScoreThreshold",
  "summaryLength",
] as const;

export type LaterParameter = (typeof LATER_PARAMETERS)[number];

/** Which newer answers and parameters the asked generation of the wire knows. */
export interface Features {
  /** FHIR bundles, temporality, `type` and `tags` of entities, inclusion lists (2024-11-01). */
  readonly enriched: boolean;
  readonly parameters: ReadonlySet<LaterParameter>;
}

/** A trained model, and how the answer and the statistics name it. */
export interface ResolvedModel {
  model: CustomModel;
  about: Readonly<Record<string, string>>;
  identity: string;
}

/** What a kind may ask of the request that it is part of. */
export interface TaskScope {
  features: Features;
  /** Finds the model that a custom task names. @throws ServiceError when there is none */
  resolveModel(kind: TaskKind, parameters: unknown): ResolvedModel;
}

/** A task whose parameters are checked: ready to be put to each document. */
export interface PreparedTask {
  /** Beside `documents` and `errors` in the results: the model version, or project and deployment. */
  about: Readonly<Record<string, string>>;
  /** Names what is asked, for the count of repeated analyses. */
  identity: string;
  stringIndexType: StringIndexType;
  analyze(document: AnalysedDocument): Content;
}

/** One analysis: how it checks its parameters and what it answers. */
export interface Kind {
  readonly kind: TaskKind;
  /** Two-letter codes, sorted. */
  readonly languages: readonly string[];
  /** Checks the parameters. @throws ServiceError 400 in the service's wording */
  prepare(parameters: unknown, scope: TaskScope): PreparedTask;
}

/** Parameter of every kind whose answers have offsets. */
export const stringIndexType = z
  .preprocess((value) => (value === "TextElement_v8" ? "TextElements_v8" : value), z.enum(STRING_INDEX_TYPES))
  .default(DEFAULT_STRING_INDEX_TYPE);

function indexTypeOf(parameters: { stringIndexType?: StringIndexType | undefined }): StringIndexType {
  return parameters.stringIndexType ?? DEFAULT_STRING_INDEX_TYPE;
}

/** Parses parameters. @throws ServiceError 400 that words the first problem as the service does */
function parseParameters<T>(kind: TaskKind, schema: z.ZodType<T>, parameters: unknown): T {
  const parsed = schema.safeParse(parameters ?? {}, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw invalidParameter(parameterProblem(kind, parsed.error));
}

/** Parameters without those that the version does not have. */
function knownParameters(raw: unknown, { parameters }: Features): unknown {
  if (typeof raw !== "object" || raw === null) return raw;
  const unknown = LATER_PARAMETERS.filter((name) => !parameters.has(name));
  return Object.fromEntries(Object.entries(raw).filter(([name]) => !unknown.some((other) => other === name)));
}

/** A kind that the service brings its own model for. `modelVersions`: newest last, beside `latest`. */
export function definePrebuilt<P extends { stringIndexType?: StringIndexType | undefined }>(definition: {
  kind: TaskKind;
  languages: readonly string[];
  modelVersions: readonly [string, ...string[]];
  parameters: z.ZodType<P>;
  analyze(document: AnalysedDocument, parameters: P, features: Features): Content;
}): Kind {
  const { kind, languages, modelVersions } = definition;
  const common = z.object({ modelVersion: z.enum(["latest", ...modelVersions]).default("latest") });
  return {
    kind,
    languages,
    prepare(raw, { features }) {
      const { modelVersion } = parseParameters(kind, common, raw);
      const parameters = parseParameters(kind, definition.parameters, knownParameters(raw, features));
      return {
        about: { modelVersion: modelVersion === "latest" ? (modelVersions.at(-1) ?? modelVersion) : modelVersion },
        identity: kind,
        stringIndexType: indexTypeOf(parameters),
        analyze: (document) => definition.analyze(document, parameters, features),
      };
    },
  };
}

/** A kind that a model trained by the user answers. */
export function defineCustom<P extends { stringIndexType?: StringIndexType | undefined }>(definition: {
  kind: TaskKind;
  languages: readonly string[];
  parameters: z.ZodType<P>;
  analyze(document: AnalysedDocument, model: CustomModel, parameters: P): Content;
}): Kind {
  const { kind, languages } = definition;
  return {
    kind,
    languages,
    prepare(raw, scope) {
      const parameters = parseParameters(kind, definition.parameters, knownParameters(raw, scope.features));
      const { model, about, identity } = scope.resolveModel(kind, raw);
      return {
        about,
        identity: `${kind} ${identity}`,
        stringIndexType: indexTypeOf(parameters),
        analyze: (document) => definition.analyze(document, model, parameters),
      };
    },
  };
}

/** Names that the service prints in another spelling than the parameter has. */
const PRINTED_NAMES: Readonly<Record<string, string>> = { modelVersion: "model-version" };

/**
 * The first problem of a task's parameters, worded as recorded for an unknown model version (values in a list) and for
 * a summary of too many sentences (a range, which the schema's message states).
 */
export function parameterProblem(kind: string, error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return "Invalid parameter in request";
  const path = issue.path.map(String).join(".") || "parameters";
  const name = PRINTED_NAMES[path] ?? path;
  if (issue.input === undefined) {
    return `Job task: '${kind}' failed with validation error: The ${name} field is required.`;
  }
  const value = typeof issue.input === "object" ? JSON.stringify(issue.input) : String(issue.input);
  const refusal = `parameter value ${value} is not supported for ${name} parameter for job task type ${kind}.`;
  if (issue.code === "invalid_value") return `Job task ${refusal} Supported values ${issue.values.join(",")}.`;
  if (issue.code === "too_small" || issue.code === "too_big") {
    return `Job task: '${kind}' failed with validation error: Job task ${refusal} ${issue.message}`;
  }
  return `Job task: '${kind}' failed with validation error: Job task ${refusal}`;
}
