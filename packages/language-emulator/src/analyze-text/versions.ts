import { resourceNotFound } from "../http/service-error.ts";
import type { LaterParameter, TaskKind } from "../kinds/kind.ts";

/** What one dated version of the current wire knows. */
export interface ApiVersion {
  readonly name: string;
  /** Whether answers of it were recorded, or are known from specification and documentation only. */
  readonly known: "recorded" | "documented";
  readonly kinds: ReadonlySet<TaskKind>;
  /** How the job state spells its date of change; tasks always say `lastUpdateDateTime`. */
  readonly updatedField: "lastUpdatedDateTime" | "lastUpdateDateTime";
  /** `language: "auto"`, `defaultLanguage` in the request, `detectedLanguage` in the answer. */
  readonly detectsLanguage: boolean;
  /** The additions of 2024-11-01: FHIR bundles, temporality, `type` and `tags` of entities, inclusion lists. */
  readonly enriched: boolean;
  /** Parameters of tasks beyond those of the first versions. */
  readonly parameters: ReadonlySet<LaterParameter>;
  /** `cancelAfter` in the request. */
  readonly cancelsItself: boolean;
}

const FIRST: readonly TaskKind[] = [
  "SentimentAnalysis",
  "EntityRecognition",
  "PiiEntityRecognition",
  "KeyPhraseExtraction",
  "EntityLinking",
  "Healthcare",
  "CustomEntityRecognition",
  "CustomSingleLabelClassification",
  "CustomMultiLabelClassification",
];
const SUMMARIES: readonly TaskKind[] = ["ExtractiveSummarization", "AbstractiveSummarization"];
const CUSTOM_2023: readonly TaskKind[] = [
  "CustomHealthcare",
  "CustomSentimentAnalysis",
  "CustomAbstractiveSummarization",
];

const LENGTH: readonly LaterParameter[] = ["summaryLength"];
const REDACTION_2023: readonly LaterParameter[] = [...LENGTH, "excludePiiCategories", "redactionCharacter"];
const REDACTION_2024: readonly LaterParameter[] = [...REDACTION_2023, "redactionPolicy"];
const REDACTION_2025: readonly LaterParameter[] = [...REDACTION_2024, "valueExclusionPolicy"];
const REDACTION_NOW: readonly LaterParameter[] = [
  ...LENGTH,
  "excludePiiCategories",
  "valueExclusionPolicy",
  "redactionPolicies",
  "confidenceScoreThreshold",
];

/** In tests of azure-sdk-for-python and -js. */
const RECORDED: ReadonlySet<string> = new Set([
  "2022-03-01-preview",
  "2022-04-01-preview",
  "2022-05-01",
  "2022-10-01-preview",
]);

type Options = Partial<Omit<ApiVersion, "name" | "known" | "kinds" | "parameters">> & {
  parameters?: readonly LaterParameter[];
};

function version(name: string, kinds: readonly TaskKind[], { parameters = [], ...options }: Options = {}): ApiVersion {
  return {
    name,
    kinds: new Set(kinds),
    known: RECORDED.has(name) ? "recorded" : "documented",
    updatedField: "lastUpdatedDateTime",
    detectsLanguage: false,
    enriched: false,
    cancelsItself: false,
    ...options,
    parameters: new Set(parameters),
  };
}

const OLD_PREVIEW: Options = { updatedField: "lastUpdateDateTime" };
const AUTO: Options = { detectsLanguage: true };
const PREVIEW: Options = { detectsLanguage: true, enriched: true };

/**
 * The versions served, with the task kinds each added (azure-rest-api-specs, `Language/AnalyzeText` and its TypeSpec;
 * for the spelling of the date: recorded answers of 2022-04-01-preview, 2022-05-01 and 2022-10-01-preview, examples of
 * the others). Three custom kinds exist in the two previews of 2023 only.
 */
const VERSIONS: ReadonlyMap<string, ApiVersion> = new Map(
  [
    version("2022-03-01-preview", FIRST, OLD_PREVIEW),
    version("2022-04-01-preview", FIRST, OLD_PREVIEW),
    version("2022-05-01", FIRST),
    version("2022-07-01-preview", FIRST, { ...OLD_PREVIEW, ...AUTO }),
    version("2022-10-01-preview", [...FIRST, ...SUMMARIES], { ...OLD_PREVIEW, ...AUTO, enriched: true }),
    version("2023-04-01", [...FIRST, ...SUMMARIES]),
    version("2023-04-15-preview", [...FIRST, ...SUMMARIES, ...CUSTOM_2023], {
      ...PREVIEW,
      parameters: ["excludePiiCategories"],
    }),
    version("2023-11-15-preview", [...FIRST, ...SUMMARIES, ...CUSTOM_2023], {
      ...PREVIEW,
      parameters: REDACTION_2023,
    }),
    version("2024-11-01", [...FIRST, ...SUMMARIES], { enriched: true, parameters: LENGTH }),
    version("2024-11-15-preview", [...FIRST, ...SUMMARIES], { ...PREVIEW, parameters: REDACTION_2024 }),
    version("2025-05-15-preview", [...FIRST, ...SUMMARIES], {
      ...PREVIEW,
      parameters: REDACTION_2025,
      cancelsItself: true,
    }),
    version("2025-11-01", [...FIRST, ...SUMMARIES], { enriched: true, parameters: LENGTH }),
    version("2025-11-15-preview", [...FIRST, ...SUMMARIES], {
      ...PREVIEW,
      parameters: REDACTION_NOW,
      cancelsItself: true,
    }),
    version("2026-05-01", [...FIRST, ...SUMMARIES], {
      enriched: true,
      parameters: REDACTION_NOW,
      cancelsItself: true,
    }),
    version("2026-05-15-preview", [...FIRST, ...SUMMARIES], {
      ...PREVIEW,
      parameters: REDACTION_NOW,
      cancelsItself: true,
    }),
  ].map((entry) => [entry.name, entry]),
);

/** Every version served. */
export const API_VERSIONS: readonly ApiVersion[] = [...VERSIONS.values()];

/** The version of that name, if the service has it. */
export function findApiVersion(name: string | null | undefined): ApiVersion | undefined {
  return name === null || name === undefined ? undefined : VERSIONS.get(name);
}

/** The gateway serves only versions that exist. @throws ServiceError 404, as for a wrong path (assumed) */
export function requireVersion(query: URLSearchParams): ApiVersion {
  const version = findApiVersion(query.get("api-version"));
  if (version === undefined) throw resourceNotFound();
  return version;
}
