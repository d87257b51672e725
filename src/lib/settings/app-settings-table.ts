/**
 * Every app setting of this application, once: the parser, the README, the Bicep templates and
 * `local.settings.sample.json` are made from, or tested against, these tables.
 */

/** A tunable: a whole number with a unit, a default and a range. */
export interface NumberSetting {
  name: string;
  default: number;
  min: number;
  max: number;
  unit: string;
  description: string;
}

/** A setting that names something. */
export interface TextSetting {
  name: string;
  /** Absent: none. */
  default?: string;
  required?: boolean;
  /** Its value never appears in a message. */
  secret?: boolean;
  description: string;
}

/** Tunables, by the property of `AppSettings` that holds them. */
export const NUMBER_SETTINGS = {
  jobsPerBatch: {
    name: "JOBS_PER_BATCH",
    default: 24,
    min: 1,
    max: 24,
    unit: "jobs",
    description:
      "How many jobs' worth of documents a lane claims at once, at the most: it begins with 4, and takes more where jobs take long and the service has room.",
  },
  maxAttempts: {
    name: "MAX_ATTEMPTS",
    default: 5,
    min: 1,
    max: 20,
    unit: "attempts",
    description:
      "How often a document's job may come to nothing while the service answers others before the document fails; outages do not count.",
  },
  maxDocumentMegabytes: {
    name: "MAX_DOCUMENT_MEGABYTES",
    default: 20,
    min: 1,
    max: 100,
    unit: "megabytes",
    description: "A larger document is not read; it gets a failure record.",
  },
  maxDocumentPages: {
    name: "MAX_DOCUMENT_PAGES",
    default: 5000,
    min: 1,
    max: 100_000,
    unit: "pages",
    description: "A PDF or presentation with more pages is not read; it gets a failure record.",
  },
  maxUnpackedMegabytes: {
    name: "MAX_UNPACKED_MEGABYTES",
    default: 100,
    min: 1,
    max: 1000,
    unit: "megabytes",
    description: "A compressed file (.docx, .pptx) whose text parts unpack to more gets a failure record.",
  },
  maxNestedLevels: {
    name: "MAX_NESTED_LEVELS",
    default: 512,
    min: 16,
    max: 10_000,
    unit: "levels",
    description: "A file with more elements, groups or messages inside each other gets a failure record.",
  },
  extractionSeconds: {
    name: "EXTRACTION_SECONDS",
    default: 60,
    min: 1,
    max: 300,
    unit: "seconds",
    description:
      "How long it may take to get the text out of one file that is not plain text; beyond, a failure record.",
  },
  extractionMegabytes: {
    name: "EXTRACTION_MEGABYTES",
    default: 256,
    min: 64,
    max: 2048,
    unit: "megabytes",
    description: "Memory of the thread that does this; a file that needs more gets a failure record.",
  },
  maxTextRecordsPerDocument: {
    name: "MAX_TEXT_RECORDS_PER_DOCUMENT",
    default: 5000,
    min: 1,
    max: 1_000_000,
    unit: "records",
    description:
      "A document that would be billed as more text records, over all tasks, is not sent; it gets a failure record.",
  },
  maxTextRecordsPerDay: {
    name: "MAX_TEXT_RECORDS_PER_DAY",
    default: 1_000_000,
    min: 1,
    max: 100_000_000,
    unit: "records",
    description:
      "When a pipeline would send more text records than this in a day (UTC), its lanes wait for the next day and say so.",
  },
  requestTimeoutSeconds: {
    name: "REQUEST_TIMEOUT_SECONDS",
    default: 60,
    min: 5,
    max: 230,
    unit: "seconds",
    description: "How long one call to the Language service may take.",
  },
  firstPollSeconds: {
    name: "FIRST_POLL_SECONDS",
    default: 2,
    min: 1,
    max: 300,
    unit: "seconds",
    description: "When a job is first polled, until a lane has learned how long its jobs take.",
  },
  longestPollSeconds: {
    name: "LONGEST_POLL_SECONDS",
    default: 30,
    min: 1,
    max: 600,
    unit: "seconds",
    description: "The pause between two polls of a job grows up to this.",
  },
  longestBlockedSeconds: {
    name: "LONGEST_BLOCKED_SECONDS",
    default: 300,
    min: 5,
    max: 3600,
    unit: "seconds",
    description: "A lane blocked by a wrong setting or right tries again after a pause that grows up to this.",
  },
  languageCallsPerMinute: {
    name: "LANGUAGE_CALLS_PER_MINUTE",
    default: 1000,
    min: 1,
    max: 1_000_000,
    unit: "calls",
    description:
      "Calls that one Language resource takes in a minute: what estimates and the share of the quota reckon with.",
  },
  sweepIntervalMinutes: {
    name: "SWEEP_INTERVAL_MINUTES",
    default: 1,
    min: 1,
    max: 59,
    unit: "minutes",
    description: "How often the sweep looks for waiting work, missed documents and old instances.",
  },
  sweepPageDocuments: {
    name: "SWEEP_PAGE_DOCUMENTS",
    default: 5000,
    min: 10,
    max: 5000,
    unit: "documents",
    description: "How many documents one listing of a sweep names; a sweep makes at most 20 of them, the next goes on.",
  },
  keepFinishedDays: {
    name: "KEEP_FINISHED_DAYS",
    default: 7,
    min: 1,
    max: 365,
    unit: "days",
    description: "How long finished orchestration instances are kept for a reader before they are purged.",
  },
} as const satisfies Record<string, NumberSetting>;

/** Containers in the storage account, by the property of `AppSettings.containers` that holds them. */
export const CONTAINER_SETTINGS = {
  input: {
    name: "INPUT_CONTAINER",
    default: "documents",
    description: "Documents dropped here are analysed.",
  },
  results: {
    name: "RESULTS_CONTAINER",
    default: "results",
    description: "Results are written here.",
  },
  failed: {
    name: "FAILED_CONTAINER",
    default: "failed",
    description: "Failure records are written here.",
  },
  redacted: {
    name: "REDACTED_CONTAINER",
    default: "redacted",
    description: "Redacted copies of native documents are written here; made only where a pipeline has such.",
  },
  work: {
    name: "WORK_CONTAINER",
    default: "language-batch-work",
    description: "Batch manifests, job requests and tickets; emptied by the application itself.",
  },
  projects: {
    name: "PROJECTS_CONTAINER",
    default: "projects",
    description: "Project files dropped here are trained and deployed.",
  },
} as const satisfies Record<string, TextSetting>;

/** The remaining settings. */
export const TEXT_SETTINGS = {
  storage: {
    name: "AzureWebJobsStorage",
    required: true,
    secret: true,
    description:
      "Storage account: a connection string, or without keys AzureWebJobsStorage__accountName (or __blobServiceUri and __queueServiceUri) with __credential and __clientId.",
  },
  languageEndpoint: {
    name: "LANGUAGE_ENDPOINT",
    required: true,
    description: "Language resource that pipelines without an endpoint of their own use.",
  },
  languageKey: {
    name: "LANGUAGE_KEY",
    secret: true,
    description: "Key of that resource; without it the application signs in with Microsoft Entra ID.",
  },
  authoring: {
    name: "AUTHORING",
    default: "false",
    description:
      "`true`: project files dropped into PROJECTS_CONTAINER, and the endpoints of projects, train and deploy models. `false`: all of that is off.",
  },
  allowedLanguageHosts: {
    name: "ALLOWED_LANGUAGE_HOSTS",
    description:
      "Hosts, besides LANGUAGE_ENDPOINT's, that a pipeline or a project file may name as endpoint: names, or *.suffix, with commas between. Absent: the Language resources of the same cloud (*.cognitiveservices.azure.com).",
  },
  allowedStorageHosts: {
    name: "ALLOWED_STORAGE_HOSTS",
    description:
      "Hosts, besides that of the app's own storage account, that a project file may name as storageAccount. Absent: the storage accounts of the same cloud (*.blob.core.windows.net).",
  },
  completedQueue: {
    name: "COMPLETED_QUEUE",
    description:
      "Queue in the storage account on which a message is put for each document that ended, at least once: pipeline, document, status, record. Absent: none.",
  },
  prices: {
    name: "PRICES",
    description:
      "Prices of 1,000 text records that differ from the public list, and their currency: custom=4.62,prebuilt=0.92,healthcare=23,summaries=1.85,currency=EUR.",
  },
  pipelinesFile: {
    name: "PIPELINES_FILE",
    default: "pipelines.json",
    description: "File with the pipelines, relative to the application's folder.",
  },
  telemetryExporter: {
    name: "TELEMETRY_EXPORTER",
    description:
      "Where spans and metrics go, in an app packed with `npm run package -- --telemetry`: `otlp`, to a collector that OTEL_EXPORTER_OTLP_ENDPOINT names; `console`. Absent: nowhere.",
  },
} as const satisfies Record<string, TextSetting>;

/** One row of the settings table. */
export type SettingRow = TextSetting | NumberSetting;

/** All settings in the order in which a reader meets them. */
export const APP_SETTINGS: readonly SettingRow[] = [
  ...Object.values(TEXT_SETTINGS),
  ...Object.values(CONTAINER_SETTINGS),
  ...Object.values(NUMBER_SETTINGS),
];
