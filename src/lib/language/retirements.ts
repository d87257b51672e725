import type { TaskKind } from "./analysis.ts";

/** What Microsoft has announced to end, and when. */
export interface Retirement {
  /** A task kind; a version of the training, by which custom models were made; or a tool. */
  subject: "kind" | "configuration" | "tool";
  /** Task kinds by their own names, `training configuration 2022-05-01`, `Language Studio`. */
  name: string;
  /** ISO 8601, a day: the first on which it cannot be relied on. */
  on: string;
  /** Where Microsoft says so. */
  source: string;
  /** When that was read, ISO 8601. */
  read: string;
  /** What it means for who uses it, and what to do, in a sentence or two. */
  meaning: string;
}

const READ = "2026-11-28";
const LANGUAGE = "https://learn.microsoft.com/azure/ai-services/language-service";
const OVERVIEW = `${LANGUAGE}/overview`;
const LIFE_CYCLE = `${LANGUAGE}/concepts/model-lifecycle`;
const FOUNDRY = "Microsoft directs to models in Foundry; a pipeline that asks for it stands still from then on.";

const kind = (name: TaskKind, on: string, source: string, meaning: string): Retirement => ({
  subject: "kind",
  name,
  on,
  source,
  read: READ,
  meaning,
});

/**
 * Everything that this app can ask for and that has an announced end. Task kinds that are not here are continued: PII,
 * entities, custom entities, health. No version of the wire has a date of its own; previews may end at any time. Of a
 * custom model what counts is the expiry of its deployment, which the service tells (`expiry/`); the dates of the
 * training configuration are those posted for all, and may be put off as long as there is no newer one.
 */
export const RETIREMENTS: readonly Retirement[] = [
  kind(
    "CustomSingleLabelClassification",
    "2029-03-31",
    `${LANGUAGE}/custom-text-classification/overview`,
    `Custom text classification ends. ${FOUNDRY}`,
  ),
  kind(
    "CustomMultiLabelClassification",
    "2029-03-31",
    `${LANGUAGE}/custom-text-classification/overview`,
    `Custom text classification ends. ${FOUNDRY}`,
  ),
  kind("KeyPhraseExtraction", "2029-03-31", OVERVIEW, `Key phrases end. ${FOUNDRY}`),
  kind("SentimentAnalysis", "2029-03-31", OVERVIEW, `Sentiment and opinions end. ${FOUNDRY}`),
  kind("ExtractiveSummarization", "2029-03-31", OVERVIEW, `Summaries end. ${FOUNDRY}`),
  kind("AbstractiveSummarization", "2029-03-31", OVERVIEW, `Summaries end. ${FOUNDRY}`),
  kind(
    "EntityLinking",
    "2028-09-01",
    `${LANGUAGE}/entity-linking/overview`,
    "Entity linking ends (another page says 2029-03-31; the earlier date counts here). EntityRecognition goes on, without links.",
  ),
  kind(
    "CustomHealthcare",
    "2025-01-10",
    `${LANGUAGE}/custom-text-analytics-for-health/overview`,
    "Custom Text Analytics for health has ended, and its projects were deleted. Healthcare and CustomEntityRecognition go on.",
  ),
  {
    subject: "configuration",
    name: "training configuration 2022-05-01",
    on: "2026-10-22",
    source: LIFE_CYCLE,
    read: READ,
    meaning:
      "Deployments of models trained with it are promised until then (trainings until 2025-10-22); both may be put off while there is no newer configuration. `npm run project -- renew NAME` trains on the current one.",
  },
  {
    subject: "tool",
    name: "Language Studio",
    on: "2027-03-20",
    source: OVERVIEW,
    read: READ,
    meaning:
      "The website for labelling and training moves to Foundry. Project files and `npm run project` do not need it.",
  },
];
