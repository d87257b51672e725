/**
 * Limits of asynchronous requests (Microsoft documentation, "Data and rate limits for the Language service" and the
 * service limits of the custom features). Characters are text elements.
 */

/** Documents in one job, every feature but the next. */
export const MAX_DOCUMENTS = 25;
/** Documents in one job with a custom health task. */
export const MAX_DOCUMENTS_CUSTOM_HEALTH = 20;
/** Native documents in one job. */
export const MAX_NATIVE_DOCUMENTS = 40;
/** Text elements of all documents of a job together. */
export const MAX_CHARACTERS = 125_000;
/** Bytes of a request body: "1 MB", read in the strict way. */
export const MAX_BODY_BYTES = 1_000_000;
/** Hours that a job and its results are kept; recorded answers expire exactly then. */
export const JOB_HOURS = 24;
/** Documents of each task on one page of a job's results, as recorded. */
export const PAGE_SIZE = 20;
/** Characters that make one text record, the unit of the bill. */
const CHARACTERS_PER_RECORD = 1_000;

/** At most so many requests in so many seconds, counted for each feature. */
export interface RateLimit {
  requests: number;
  seconds: number;
}

/** Tier S: 1,000 requests a second and 1,000 a minute. */
export const TIER_S: readonly RateLimit[] = [
  { requests: 1_000, seconds: 1 },
  { requests: 1_000, seconds: 60 },
];

/** Text records that a document of so many text elements costs. */
export function textRecords(characters: number): number {
  return Math.max(1, Math.ceil(characters / CHARACTERS_PER_RECORD));
}

/**
 * Limits of authoring (Microsoft documentation, "Custom text classification limits" and the pages of the same name of
 * the other custom features).
 */

/** Projects of a resource, over all custom features. */
export const MAX_PROJECTS = 500;
/** Trained models of a project. */
export const MAX_MODELS = 10;
/** Deployments of a project, paid tier. */
export const MAX_DEPLOYMENTS = 10;
/** Labelled documents that a training needs, and the most that it takes. */
export const TRAINING_DOCUMENTS = { least: 10, most: 100_000 };
/** Characters of a labelled document, the most. None may be empty. */
export const MAX_TRAINING_CHARACTERS = 128_000;
/** Classes or entity types of a project, the most. */
export const MAX_CATEGORIES = 200;
/** Days that an authoring job can be asked about ("Training jobs expire after seven days"; examples of the others). */
export const AUTHORING_JOB_DAYS = 7;
/** Bytes of a request to authoring, whose imports name every document. None is documented. */
export const MAX_AUTHORING_BODY_BYTES = 100_000_000;
/** POST requests to authoring. */
export const AUTHORING_POSTS: RateLimit = { requests: 10, seconds: 60 };
/** GET requests to authoring. */
export const AUTHORING_GETS: RateLimit = { requests: 100, seconds: 60 };
