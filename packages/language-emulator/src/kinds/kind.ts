import * as z from "zod";
import { invalidParameter } from "../http/service-error.ts";
import type { CustomModel } from "../models/model.ts";
import { DEFAULT_STRING_INDEX_TYPE, STRING_INDEX_TYPES, type StringIndexType } from "../text/string-index.ts";
import { parameterProblem } from "./parameter-problem.ts";

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
