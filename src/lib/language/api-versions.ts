import { TASK_KINDS, type TaskKind } from "./analysis.ts";

/** A version of the service's wire, as `apiVersion` of a pipeline names it. */
export interface ApiVersion {
  /** As written. */
  text: string;
  generation: GenerationName;
  /** Of the current wire and of native documents: `2023-04-01`; of the older ones: empty. */
  date: string;
  preview: boolean;
}

/** One file of `src/lib/language` each. */
export type GenerationName = "analyze-text" | "analyze-documents" | "text-analytics-v3";

/**
 * Dated versions of the current wire, from the `Versions` enums of azure-rest-api-specs
 * (`specification/cognitiveservices/data-plane/LanguageAnalyzeText/main.tsp` over time) and its folders of examples.
 */
export const DATED_VERSIONS = [
  "2022-05-01",
  "2022-07-01-preview",
  "2022-10-01-preview",
  "2023-04-01",
  "2023-04-15-preview",
  "2023-11-15-preview",
  "2024-11-01",
  "2024-11-15-preview",
  "2025-05-15-preview",
  "2025-11-01",
  "2025-11-15-preview",
  "2026-05-01",
  "2026-05-15-preview",
] as const;

/** Previews from before the current wire: https://learn.microsoft.com/azure/ai-services/language-service/concepts/migrate-text-analytics */
export const OLDER_VERSIONS = ["v3.1-preview.ct.1", "v3.2-preview.2"] as const;

/** Stands before the date of a version in which the service reads the documents themselves: `analyze-documents/2026-05-01`. */
const NATIVE = "analyze-documents/";

/**
 * Versions in which blobs go in and out, not texts (`specification/cognitiveservices/data-plane/LanguageAnalyzeDocuments`).
 * Those before 2026-05-01 know no folder to write into.
 */
const NATIVE_VERSIONS = [`${NATIVE}2026-05-01`, `${NATIVE}2026-05-15-preview`] as const;

/** Every version this application knows by name. */
export const KNOWN_VERSIONS: readonly string[] = [...DATED_VERSIONS, ...NATIVE_VERSIONS, ...OLDER_VERSIONS];

/** A version later than every known one is taken on trust, so that a new one needs no new release. */
const NEWEST_DATE = DATED_VERSIONS[DATED_VERSIONS.length - 1]?.slice(0, 10) ?? "";

/** Understands the name of a version; undefined when no such version exists. */
export function parseApiVersion(text: string): ApiVersion | undefined {
  if ((OLDER_VERSIONS as readonly string[]).includes(text)) {
    return { text, generation: "text-analytics-v3", date: "", preview: true };
  }
  const [, native, date, preview] = /^(analyze-documents\/)?(\d{4}-\d{2}-\d{2})(-preview)?$/.exec(text) ?? [];
  if (date === undefined || Number.isNaN(Date.parse(date))) return undefined;
  if (!KNOWN_VERSIONS.includes(text) && date <= NEWEST_DATE) return undefined;
  const generation = native === undefined ? "analyze-text" : "analyze-documents";
  return { text, generation, date, preview: preview !== undefined };
}

/** True for a version in which the service reads the documents themselves, whatever the text in them. */
export function isNative(apiVersion: string): boolean {
  return apiVersion.startsWith(NATIVE);
}

/**
 * The task kinds that a version knows. Of native documents, those that the stable versions have: a preview's summaries
 * would need another form of result.
 */
export function kindsOf(version: ApiVersion): readonly TaskKind[] {
  if (version.generation === "analyze-documents") return ["PiiEntityRecognition"];
  return TASK_KINDS.filter((kind) => KNOWN_TO[kind](version));
}

/** True for versions of the current wire from these dates on; undefined: never. */
export function since(dates: { stable?: string; preview?: string }): (version: ApiVersion) => boolean {
  return ({ generation, date, preview }) => {
    const first = preview ? dates.preview : dates.stable;
    return generation === "analyze-text" && first !== undefined && date >= first;
  };
}

const always = (): boolean => true;
const currentWire = since({ stable: "2022-05-01", preview: "2022-05-01" });
/** The two versions that know the kinds which later ones gave up again. */
const previewsOf2023 = ({ text }: ApiVersion): boolean =>
  text === "2023-04-15-preview" || text === "2023-11-15-preview";
const except = (older: string) => (version: ApiVersion) => version.text !== older;

/**
 * Which versions know which kind: the `AnalyzeTextLROTaskKind` unions of the versions' specifications; for the older
 * previews the task lists of `TextAnalytics/preview/v3.2-preview.2/TextAnalytics.json`, and for ct.1 (which has no
 * published specification) the quickstart of custom text classification of November 2021.
 */
const KNOWN_TO: Record<TaskKind, (version: ApiVersion) => boolean> = {
  CustomSingleLabelClassification: always,
  CustomMultiLabelClassification: always,
  CustomEntityRecognition: except("v3.1-preview.ct.1"),
  CustomHealthcare: previewsOf2023,
  CustomSentimentAnalysis: previewsOf2023,
  CustomAbstractiveSummarization: previewsOf2023,
  Healthcare: currentWire,
  EntityRecognition: except("v3.1-preview.ct.1"),
  PiiEntityRecognition: except("v3.1-preview.ct.1"),
  KeyPhraseExtraction: except("v3.1-preview.ct.1"),
  SentimentAnalysis: except("v3.1-preview.ct.1"),
  EntityLinking: except("v3.1-preview.ct.1"),
  ExtractiveSummarization: (version) =>
    version.text === "v3.2-preview.2" || since({ stable: "2023-04-01", preview: "2022-10-01" })(version),
  AbstractiveSummarization: since({ stable: "2023-04-01", preview: "2022-10-01" }),
};
