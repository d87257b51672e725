/**
 * What a job asks and what it answers, in our words: every generation of the wire is read into and written from
 * these types, so nothing outside `src/lib/language/<generation>.ts` knows how a generation spells them.
 */

/** The analyses of the service that a pipeline can ask for, by the service's own names. */
export const TASK_KINDS = [
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

/** One analysis that a pipeline asks for, its parameters already checked against the kind. */
export interface Task {
  kind: TaskKind;
  /** Unique within the pipeline; answers are matched by it. */
  name: string;
  /** The service's own parameter names (camelCase of the current wire), for example `projectName`, `stringIndexType`. */
  parameters: Readonly<Record<string, unknown>>;
}

/** One slot of a job: a document, or a part of one. */
export interface JobDocument {
  /** Unique within the job. */
  id: string;
  text: string;
  language?: string | undefined;
  /** In place of a text, on the wire of native documents: the blob that is read, and the folder that is written to. */
  native?: { source: string; target: string } | undefined;
}

/** What the newer versions of the current wire let a request say of its whole job; the other wires leave it out. */
export interface JobOptions {
  /** What counts for a document whose language is `auto` and cannot be found out. */
  defaultLanguage?: string | undefined;
  /** Seconds after which the service cancels the job if it is not done. */
  cancelAfter?: number | undefined;
}

/** One request to the service. */
export interface JobRequest extends JobOptions {
  displayName?: string | undefined;
  documents: readonly JobDocument[];
  tasks: readonly Task[];
}

/** Where a submitted job can be asked about: all that must be kept to go on with it after a crash. */
export interface JobHandle {
  jobId: string;
  /** Absolute address given by the service. */
  operationLocation: string;
}

/** An error as the service words it, unknown fields kept. */
export interface ServiceError {
  code: string;
  message: string;
  target?: string | undefined;
  innererror?: ServiceError | undefined;
  details?: unknown;
  [field: string]: unknown;
}

/** `succeeded` also stands for the older `completed`; a state unknown to us counts as still running. */
export type JobStatus =
  | "notStarted"
  | "running"
  | "succeeded"
  | "partiallyCompleted"
  | "failed"
  | "cancelled"
  | "cancelling"
  | "rejected";

/** The state of a job; `tasks` is filled only when the job is over. */
export interface JobState {
  jobId: string;
  status: JobStatus;
  /** True when the service will not change this job any more. */
  finished: boolean;
  /** As the service wrote it; where it gives one date of the two, both are that one, and without any the time of the poll. */
  createdDateTime: string;
  lastUpdatedDateTime: string;
  /** After this the service forgets the job and its answers. */
  expirationDateTime?: string | undefined;
  /** Errors of the job as a whole; errors that point at a task are moved to that task. */
  errors: readonly ServiceError[];
  /** One entry for each task asked, in the order asked, when the job is finished; otherwise empty. */
  tasks: readonly TaskAnswer[];
  /** How many requests this poll cost (pages of answers included): requests are the scarce good. */
  requests: number;
  /** What the service asked us to wait before the next poll, if it did. */
  retryAfterSeconds?: number | undefined;
}

/** What one task of a job said about the job's documents. */
export interface TaskAnswer {
  name: string;
  kind: TaskKind;
  status: "succeeded" | "failed" | "cancelled";
  /** Why the task failed or was cancelled. */
  error?: ServiceError | undefined;
  /** What the service says of the task itself: `projectName`, `deploymentName`, `modelVersion`, unknown fields. */
  about: Readonly<Record<string, unknown>>;
  /** By the id of the job document. */
  documents: ReadonlyMap<string, DocumentAnswer>;
  /** By the id of the job document: the documents that this task refused. */
  errors: ReadonlyMap<string, ServiceError>;
}

/**
 * What one task said about one job document: the fields of the result file for that kind (`classes`, `entities`,
 * `relations`, `keyPhrases`, `sentiment`, …; see `docs/results.md`), refs rewritten to `#/<array>/<index>` of the same
 * answer, offsets still in the `stringIndexType` that the task asked for and relative to the job document.
 */
export interface DocumentAnswer {
  content: Readonly<Record<string, unknown>>;
  warnings: readonly { code: string; message: string; [field: string]: unknown }[];
  statistics?: { charactersCount: number; transactionsCount: number } | undefined;
}

/** What the service found of a text's language. */
export interface DetectedLanguage {
  /** As the tasks' wires want it, for example `de`, `zh-hans`. */
  code: string;
  /** English. */
  name: string;
  /** 0 to 1. */
  confidenceScore: number;
}

/** One Language resource, spoken to in one generation of its wire. */
export interface AnalysisClient {
  /**
   * Starts a job. Not retried inside: after an unclear failure only the caller knows whether twice is worse than never.
   * @throws LanguageError
   */
  submit(request: JobRequest): Promise<JobHandle>;
  /**
   * Looks at a job; when it is over, the same answer carries the results, and further pages are fetched.
   * @throws LanguageError, class `transient` and code `JobNotFound` when the service no longer knows the job
   */
  getJob(handle: JobHandle, tasks: readonly Task[]): Promise<JobState>;
  /**
   * Asks which language each of at most 25 texts is in, in one call; a text is missing whose language is not found.
   * @throws LanguageError
   */
  detectLanguages(texts: readonly { id: string; text: string }[]): Promise<ReadonlyMap<string, DetectedLanguage>>;
}
