import { z } from "zod";
import { STRING_INDEX_TYPES } from "../documents/text-elements.ts";
import type { TaskKind } from "../language/analysis.ts";
import { type ApiVersion, since } from "../language/api-versions.ts";

/** A parameter of a task, under the service's own name. */
export interface TaskParameter {
  schema: z.ZodType;
  /** Which versions of the wire know it. */
  knownTo: (version: ApiVersion) => boolean;
}

/** True for the preview that names a model by its `modelId`. */
const isCt1 = (version: ApiVersion): boolean => version.text === "v3.1-preview.ct.1";
const notCt1 = (version: ApiVersion): boolean => !isCt1(version);

/** One of some words. */
const choice = <const Values extends readonly [string, ...string[]]>(values: Values, description: string) =>
  z.enum(values, { error: `one of ${values.map((value) => JSON.stringify(value)).join(", ")}` }).describe(description);
/** True or false. */
const flag = (description: string) => z.boolean({ error: "true or false" }).describe(description);
/** A text that is not empty. @param expected completes "expected …" in a problem */
const text = (expected: string, description: string) =>
  z.string({ error: expected }).min(1, { error: expected }).describe(description);
/** A list of at least one word. */
const names = (expected: string, description: string) =>
  z
    .array(z.string({ error: expected }), { error: expected })
    .min(1, { error: expected })
    .describe(description);
/** An object, whose fields are the service's business. */
const object = (expected: string, description: string) => z.looseObject({}, { error: expected }).describe(description);
/** A list of such objects. */
const objects = (expected: string, description: string) =>
  z.array(z.looseObject({}, { error: expected }), { error: expected }).describe(description);

/** https://learn.microsoft.com/azure/ai-services/language-service/custom-text-classification/service-limits#naming-limits; the specification allows up to 100 characters. */
const modelName = (what: string, description: string) => {
  const error = `the ${what}: 1 to 100 letters, digits and _ . -`;
  return z
    .string({ error })
    .regex(/^[A-Za-z0-9_.-]{1,100}$/, { error })
    .describe(description);
};

/** The service refuses other counts ("Supported values 1 (min) to 20 (max)"). */
const sentences = (description: string) => {
  const error = "a whole number of sentences from 1 to 20";
  return z.int({ error }).min(1, { error }).max(20, { error }).describe(description);
};

/** The service does not promise the number. */
const aboutSentences = (description: string) => {
  const error = "a whole number of sentences, at least 1";
  return z.int({ error }).min(1, { error }).describe(description);
};

/** A parameter of every version but ct.1, which documents few. */
const everywhere = (schema: z.ZodType): TaskParameter => ({ schema, knownTo: notCt1 });
/** A parameter of the versions from these dates on. */
const from = (dates: { stable?: string; preview?: string }, schema: z.ZodType): TaskParameter => ({
  schema,
  knownTo: since(dates),
});
/** Of the previews from the first to the last of these dates. */
const within = (first: string, last: string, schema: z.ZodType): TaskParameter => ({
  schema,
  knownTo: (version) => since({ preview: first })(version) && version.date <= last,
});

const stringIndexType = everywhere(
  choice(
    STRING_INDEX_TYPES,
    "How the service counts offsets; results are in UTF-16 code units whatever stands here.",
  ).default("Utf16CodeUnit"),
);
const loggingOptOut = everywhere(flag("True: the service keeps no text for troubleshooting.").optional());
const common = { loggingOptOut };
const prebuilt = {
  ...common,
  modelVersion: everywhere(text('a model version, for example "latest"', "Version of the model.").optional()),
};
const custom = {
  ...common,
  projectName: everywhere(modelName("name of a project", "Project of the model; case counts.")),
  deploymentName: everywhere(modelName("name of a deployment", "Deployment of the model; case counts.")),
};
const classification = {
  ...custom,
  /** ct.1 names a model by the id that publishing it gave. */
  modelId: {
    schema: text("the modelId that publishing the model gave", "Published model, v3.1-preview.ct.1 only."),
    knownTo: isCt1,
  },
  /** Has no effect on classes; sent because the documented request of ct.1 has it, with that value. */
  stringIndexType: {
    schema: choice(STRING_INDEX_TYPES, "v3.1-preview.ct.1 only.").default("TextElements_v8"),
    knownTo: isCt1,
  },
};

/** What the versions of native documents know of the parameters of a PII task; the rest came with the preview. */
const NATIVE_PII: ReadonlySet<string> = new Set([
  "loggingOptOut",
  "modelVersion",
  "stringIndexType",
  "domain",
  "piiCategories",
  "excludePiiCategories",
  "redactionPolicies",
]);
const NATIVE_PREVIEW_PII: ReadonlySet<string> = new Set([
  "valueExclusionPolicy",
  "entitySynonyms",
  "confidenceScoreThreshold",
  "disableEntityValidation",
]);

/** The parameters of a PII task, with what native documents know of them. */
function alsoNative(parameters: Record<string, TaskParameter>): Record<string, TaskParameter> {
  const entries = Object.entries(parameters).map(([name, { schema, knownTo }]) => {
    const isKnown = (version: ApiVersion): boolean => {
      if (version.generation !== "analyze-documents") return knownTo(version);
      return NATIVE_PII.has(name) || (version.preview && NATIVE_PREVIEW_PII.has(name));
    };
    return [name, { schema, knownTo: isKnown }] as const;
  });
  return Object.fromEntries(entries);
}

const PII_CATEGORIES = 'a list of categories, for example ["Person", "Email"]';
const ENTITY_TYPES = 'a list of entity types, for example ["Person", "Location"]';
const summary = {
  stringIndexType,
  sentenceCount: everywhere(aboutSentences("How many sentences a summary has, roughly.").optional()),
  summaryLength: from(
    { stable: "2024-11-01", preview: "2023-11-15" },
    choice(["short", "medium", "long"], "How long a summary is; better than sentenceCount.").optional(),
  ),
};
/** The last preview with one way of redacting for all entities, before `redactionPolicies`. */
const LAST_SINGLE_POLICY = "2025-05-15";
const newPii = { stable: "2026-05-01", preview: "2025-11-15" };
const adaptedPii = { stable: "2026-05-01", preview: "2025-05-15" };
const newNer = { stable: "2024-11-01", preview: "2023-04-15" };

/**
 * The parameters of each kind of task, and the versions that know them: the task parameter models of the specification
 * (azure-rest-api-specs, `specification/cognitiveservices/data-plane/LanguageAnalyzeText/models/*.tsp`, the folders of
 * examples beside it for previews, and `TextAnalytics/preview/v3.2-preview.2/TextAnalytics.json`).
 */
export const TASK_PARAMETERS: Readonly<Record<TaskKind, Readonly<Record<string, TaskParameter>>>> = {
  CustomSingleLabelClassification: classification,
  CustomMultiLabelClassification: classification,
  CustomEntityRecognition: { ...custom, stringIndexType },
  CustomHealthcare: { ...custom, stringIndexType },
  CustomSentimentAnalysis: { ...custom, stringIndexType },
  CustomAbstractiveSummarization: { ...custom, ...summary },
  Healthcare: {
    ...prebuilt,
    stringIndexType,
    fhirVersion: from(
      { stable: "2024-11-01", preview: "2022-10-01" },
      choice(["4.0.1"], "Adds a FHIR bundle of this version to the result.").optional(),
    ),
    documentType: from(
      { stable: "2024-11-01", preview: "2022-10-01" },
      choice(
        [
          "None",
          "ClinicalTrial",
          "DischargeSummary",
          "ProgressNote",
          "HistoryAndPhysical",
          "Consult",
          "Imaging",
          "Pathology",
          "ProcedureNote",
        ],
        "Kind of document in the FHIR bundle; needs fhirVersion.",
      ).optional(),
    ),
  },
  EntityRecognition: {
    ...prebuilt,
    stringIndexType,
    inclusionList: from(newNer, names(ENTITY_TYPES, "Only these types are returned.").optional()),
    exclusionList: from(newNer, names(ENTITY_TYPES, "These types are not returned.").optional()),
    overlapPolicy: from(
      newNer,
      object(
        'an object with policyKind "matchLongest" or "allowOverlap"',
        "What happens to overlapping entities.",
      ).optional(),
    ),
    inferenceOptions: from(
      newNer,
      object('an object, for example { "excludeNormalizedValues": true }', "How entities are resolved.").optional(),
    ),
  },
  PiiEntityRecognition: alsoNative({
    ...prebuilt,
    stringIndexType,
    domain: everywhere(choice(["none", "phi"], '"phi": health information only.').optional()),
    piiCategories: everywhere(names(PII_CATEGORIES, "Categories to find.").optional()),
    excludePiiCategories: from(
      { stable: "2026-05-01", preview: "2023-04-15" },
      names(PII_CATEGORIES, "Categories to leave alone.").optional(),
    ),
    redactionCharacter: within(
      "2023-11-15",
      LAST_SINGLE_POLICY,
      text('one character, for example "*"', "Character that redacted text is replaced with.").optional(),
    ),
    redactionPolicy: within(
      "2024-11-15",
      LAST_SINGLE_POLICY,
      object("an object with policyKind", "How found entities are redacted.").optional(),
    ),
    redactionPolicies: from(
      newPii,
      objects("a list of redaction policies", "How found entities are redacted.").optional(),
    ),
    valueExclusionPolicy: from(
      adaptedPii,
      object("an object with excludedValues", "Values that are no personal data.").optional(),
    ),
    entitySynonyms: from(
      adaptedPii,
      objects("a list of entity types with synonyms", "Words that point at an entity.").optional(),
    ),
    confidenceScoreThreshold: from(
      newPii,
      object("an object with default", "Least confidence of an entity.").optional(),
    ),
    disableEntityValidation: from(newPii, flag("True: found entities are not checked further.").optional()),
  }),
  KeyPhraseExtraction: prebuilt,
  SentimentAnalysis: {
    ...prebuilt,
    stringIndexType,
    opinionMining: everywhere(flag("True: opinions about what, too.").optional()),
  },
  EntityLinking: { ...prebuilt, stringIndexType },
  ExtractiveSummarization: {
    ...prebuilt,
    stringIndexType,
    sentenceCount: everywhere(sentences("How many sentences are extracted.").optional()),
    sortBy: everywhere(choice(["Offset", "Rank"], "Order of the sentences.").optional()),
    query: from({ preview: "2023-11-15" }, text("a question or topic", "What the summary should answer.").optional()),
  },
  AbstractiveSummarization: {
    ...prebuilt,
    ...summary,
    query: from({ preview: "2023-11-15" }, text("a question or topic", "What the summary should answer.").optional()),
    instruction: from(
      { preview: "2025-05-15" },
      text("an instruction", "How the summary should be written.").optional(),
    ),
  },
};
