/**
 * What the page reads of the API's answers, and nothing else. The schemas of the API are the truth: a test assigns their
 * types to these, so that one that changes without the page breaks the build.
 */

/** Why something is held up, and what to do. */
export interface Reason {
  code: string;
  message: string;
  hint: string;
}

export interface Money {
  amount: number;
  currency: string;
}

export interface Lane {
  lane: number;
  running: boolean;
  /** Absent: it does not run. Times are ISO 8601. */
  status?:
    | {
        state: string;
        since?: string | undefined;
        nextPollAt?: string | undefined;
        reason?: Reason | undefined;
        documents?: number | undefined;
        jobs?: { prepared: number; open: number; done: number } | undefined;
      }
    | undefined;
  /** It has not gone on when it should, by so many seconds. */
  overdueSeconds?: number | undefined;
}

/** Per minute, oldest first. */
interface Series {
  from: string;
  stepSeconds: number;
  documents: readonly number[];
  failed: readonly number[];
  calls: readonly number[];
}

export interface Pipeline {
  name: string;
  match: string;
  tasks: readonly string[];
  state: string;
  waiting: number;
  oldestWaitingSeconds: number;
  /** Documents that lanes have in hand. */
  inHand: number;
  documentsPerMinute: number;
  expectedEnd?: string | undefined;
  series: Series;
  totals: { succeeded: number; partiallySucceeded: number; failed: number };
  cost: { textRecords: number; money: Money; today: { textRecords: number; money: Money } };
  quota: {
    callsPerMinute: number;
    limitPerMinute: number;
    /** 0 to 1, of the calls a minute. */
    share: number;
    textRecordsToday: number;
    textRecordsPerDay: number;
  };
  paused?: { mode: "pause" | "drain"; by?: string | undefined; reason: string; since: string } | undefined;
  lanes: readonly Lane[];
  /** Each reason once. */
  blocked: readonly Reason[];
}

/** `GET /api/pipelines`. */
export interface PipelinesAnswer {
  at: string;
  pipelines: readonly Pipeline[];
  nextCursor?: string | undefined;
}

export interface FailureGroup {
  code: string;
  count: number;
  hint: string;
  /** Names of documents. */
  examples: readonly string[];
  /** How many in each. */
  pipelines: Readonly<Record<string, number>>;
  tasks: Readonly<Record<string, number>>;
}

export interface FailedDocument {
  pipeline: string;
  name: string;
  status: "failed" | "partiallySucceeded";
  code: string;
  task?: string | undefined;
  message: string;
  at: string;
}

/** `GET /api/failures`; what is absent comes with the first page only. */
export interface FailuresAnswer {
  total?: number | undefined;
  /** False: there are more than could be counted. */
  complete?: boolean | undefined;
  groups?: readonly FailureGroup[] | undefined;
  documents: readonly FailedDocument[];
  nextCursor?: string | undefined;
}

/** A redrive or backfill, under way or over. */
export interface Requeue {
  id: string;
  kind: "redrive" | "backfill";
  dryRun: boolean;
  status: "running" | "cancelled" | "failed" | "done";
  /** What was asked for: pipeline, prefix, code and the like, as far as they were given. */
  request: Readonly<Record<string, unknown>>;
  seen: number;
  matched: number;
  queued: number;
  startedAt: string;
}

/** `GET /api/requeues`. */
export interface RequeuesAnswer {
  requeues: readonly Requeue[];
}

export interface Place {
  pipeline: string;
  state: string;
  lane?: number | undefined;
  record?: string | undefined;
}

/** `GET /api/documents/{name}`. */
export interface DocumentAnswer {
  name: string;
  places: readonly Place[];
}

/** `GET /api/texts/{name}`: a part of the decoded text. Positions are UTF-16 code units. */
export interface TextAnswer {
  /** The version that was read. */
  etag: string;
  characters: number;
  from: number;
  text: string;
}

/** What a task said: the fields of its kind, as the service gave them. */
export interface TaskAnswer {
  name: string;
  kind: string;
  status: string;
  error?: Reason | undefined;
  [field: string]: unknown;
}

/** `GET /api/records/{pipeline}/{name}`: a result or a failure record, as it is stored. */
export interface RecordAnswer {
  status: string;
  document: { name: string; etag: string; language?: string | undefined; characters?: number | undefined };
  tasks?: readonly TaskAnswer[] | undefined;
  error?: (Reason & { task?: string | undefined }) | undefined;
  usage?: { textRecords: number } | undefined;
  completedAt?: string | undefined;
  failedAt?: string | undefined;
}

/** `GET /api/health`. */
export interface HealthAnswer {
  status: string;
  version: string;
  checks: readonly { name: string; ok: boolean; message?: string | undefined }[];
}

/** RFC 9457. */
export interface Problem {
  status: number;
  detail: string;
  code: string;
  hint?: string | undefined;
}

/** A deployment of a custom model that pipelines ask. */
export interface Deployment {
  project: string;
  deployment: string;
  pipelines: readonly string[];
  /** `current`, `expiring` (within 90 days), `expired` or `unknown`. */
  state: string;
  /** A date; both are absent where nobody may ask. */
  expiresOn?: string | undefined;
  daysLeft?: number | undefined;
  /** Why the end is unknown, or what the service said when it refused. */
  problem?: Reason | undefined;
}

/** Something that the service will take away. */
export interface Retirement {
  name: string;
  /** What it means, and what to do. */
  meaning: string;
  /** A date. */
  on: string;
  daysLeft: number;
  pipelines: readonly string[];
}

/** `GET /api/models`. */
export interface ModelsAnswer {
  deployments: readonly Deployment[];
  retirements: readonly Retirement[];
}
