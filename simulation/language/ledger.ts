/** A job that the service accepted. */
export interface AcceptedJob {
  /** Milliseconds since 1970. */
  at: number;
  endpoint: string;
  jobId: string;
  displayName: string;
  texts: readonly { id: string; text: string }[];
  /** Of each task of each text: whether the service answers it, or why not. */
  outcomes: readonly { task: string; textId: string; answered: boolean; why: string | undefined }[];
  /** The process that asked. */
  process: string;
  /** When the process learned of it; undefined: never. */
  deliveredAt: number | undefined;
  /** The answer was one that names no job. */
  distorted: boolean;
}

/** What the service did, as it would stand on its bill. */
export interface Ledger {
  accepted: AcceptedJob[];
  /** Calls by `operation status`. */
  calls: Map<string, number>;
  /** Calls that asked for the languages of texts. */
  detections: { texts: string[]; answered: boolean; process: string; deliveredAt: number | undefined }[];
  /** Submissions that reached a resource, or failed to, by its address. */
  submissions: Map<string, number>;
  /** Jobs that were asked for where they are not. */
  strays: { jobId: string; endpoint: string; owner: string }[];
  /** When calls were refused with 429, 401 or 403, milliseconds since 1970. */
  refusals: { at: number; status: number }[];
}
