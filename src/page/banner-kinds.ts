/**
 * How much it matters. `stop`: documents do not move until somebody acts; `look`: somebody should look; `wait`: it goes on
 * by itself.
 */
export type Level = "stop" | "look" | "wait";

/**
 * Every banner that the page can show. The title is the heading of its section in `docs/operations.md`, which says what to
 * do; a test compares the two.
 */
export const BANNER_KINDS = {
  unreachable: { level: "stop", title: "The app does not answer" },
  settings: { level: "stop", title: "A setting is wrong" },
  storage: { level: "stop", title: "Storage cannot be reached" },
  access: { level: "stop", title: "The Language service refuses the key or the role" },
  expired: { level: "stop", title: "A deployment has expired" },
  model: { level: "stop", title: "A project or deployment is not found" },
  endpoint: { level: "stop", title: "The Language resource cannot be reached" },
  parameter: { level: "stop", title: "The service does not take what a pipeline asks for" },
  quota: { level: "stop", title: "The quota of the Language resource is used up" },
  unreadable: { level: "stop", title: "An answer that is paid for cannot be read" },
  service: { level: "stop", title: "The Language service fails" },
  blocked: { level: "stop", title: "A lane is blocked" },
  removed: { level: "stop", title: "A pipeline is gone while documents of it wait" },
  overdue: { level: "stop", title: "A lane is overdue" },
  failing: { level: "stop", title: "A step of a lane fails" },
  stalled: { level: "stop", title: "Documents wait and no lane runs" },
  dailyLimit: { level: "look", title: "The limit of the day is reached" },
  paused: { level: "look", title: "A pipeline is paused" },
  drained: { level: "look", title: "A pipeline is drained" },
  failures: { level: "look", title: "Many documents fail" },
  unmatched: { level: "look", title: "Documents that no pipeline wants" },
  expiring: { level: "look", title: "A deployment expires soon" },
  retiring: { level: "look", title: "The service retires what a pipeline uses" },
  requeue: { level: "look", title: "A redrive or backfill broke off" },
  throttled: { level: "wait", title: "The rate limit holds a pipeline up" },
  retrying: { level: "wait", title: "Calls fail and are tried again" },
} as const satisfies Record<string, { level: Level; title: string }>;

export type BannerKind = keyof typeof BANNER_KINDS;

/** What a lane that is blocked needs, by the code of its reason; other codes are told as they are. */
const KIND_OF_CODE: Readonly<Record<string, BannerKind>> = {
  Unauthorized: "access",
  "401": "access",
  PermissionDenied: "access",
  Forbidden: "access",
  "403": "access",
  AuthenticationTypeDisabled: "access",
  CredentialUnavailable: "access",
  AzureCognitiveSearchNotFound: "access",
  AzureCognitiveSearchIndexNotFound: "access",
  AzureCognitiveSearchIndexLimitReached: "access",
  DeploymentExpired: "expired",
  NotFound: "model",
  ProjectNotFound: "model",
  DeploymentNotFound: "model",
  ModelNotFound: "model",
  EndpointUnreachable: "endpoint",
  Redirected: "endpoint",
  CertificateRefused: "endpoint",
  HostNotAllowed: "endpoint",
  InvalidParameterValue: "parameter",
  ModelVersionIncorrect: "parameter",
  InvalidCountryHint: "parameter",
  InvalidRequestBodyFormat: "parameter",
  "404": "parameter",
  UnsupportedPipelineLanguage: "parameter",
  DailyLimitReached: "dailyLimit",
  QuotaExceeded: "quota",
  NoJobNamed: "unreadable",
  UnreadableTask: "unreadable",
  UnreadableResponse: "unreadable",
  InternalServerError: "service",
  ServiceUnavailable: "service",
  Timeout: "service",
  NetworkError: "service",
  Conflict: "service",
  JobFailed: "service",
  TaskFailed: "service",
  JobNotFound: "service",
  JobExpired: "service",
  PipelineNotConfigured: "removed",
  InvalidSettings: "settings",
};

/** The banner of a blocked lane. @param code the code of its reason */
export function bannerOfCode(code: string): BannerKind {
  return Object.hasOwn(KIND_OF_CODE, code) ? (KIND_OF_CODE[code] ?? "blocked") : "blocked";
}

const ORDER: readonly BannerKind[] = Object.keys(BANNER_KINDS) as BannerKind[];

/** Worst first. */
export function compareKinds(one: BannerKind, other: BannerKind): number {
  return ORDER.indexOf(one) - ORDER.indexOf(other);
}
