import { createHash } from "node:crypto";

/** Where things live in the work container. */
export const workNames = {
  lane: ({ pipeline, lane }: { pipeline: string; lane: number }) => `lanes/${pipeline}/${lane}.json`,
  lanes: "lanes/",
  lanesOf: (pipeline: string) => `lanes/${pipeline}/`,
  /** Whose file it is, by its name. */
  laneOf: (file: string): { pipeline: string; lane: number } => {
    const [pipeline = "", lane = ""] = file
      .slice(workNames.lanes.length)
      .replace(/\.json$/, "")
      .split("/");
    return { pipeline, lane: Number(lane) };
  },
  claims: (pipeline: string) => `claims/${pipeline}.json`,
  batches: "batches/",
  batch: (batch: string) => `batches/${batch}/`,
  progress: (batch: string) => `batches/${batch}/progress.json`,
  request: (batch: string, request: string) => `batches/${batch}/requests/${request}.json`,
  text: (batch: string, text: string) => `batches/${batch}/texts/${text}.json`,
  answers: (batch: string, job: string) => `batches/${batch}/answers/${job}.json`,
  /** Where the service writes what it found in native documents. */
  native: (batch: string) => `batches/${batch}/native/`,
  unusable: (batch: string, job: string) => `batches/${batch}/unusable/${job}.json`,
  rowLines: (batch: string, name = "") => `batches/${batch}/rows/${name}`,
  pendingRecords: (batch: string) => `batches/${batch}/pending/`,
  /** A document's name may be as long as a blob name can be; its hash fits behind any prefix. */
  pendingRecord: (batch: string, document: string) => `${workNames.pendingRecords(batch)}${hashOf(document)}.json`,
  /** What the pipeline sent today, and whether it is paused. */
  control: (pipeline: string) => `usage/${pipeline}.json`,
  kept: "usage/",
  /** What its lanes did on the days that are over. */
  days: (pipeline: string) => `usage/${pipeline}/`,
  day: (pipeline: string, day: string) => `usage/${pipeline}/${day}.json`,
  paces: "pace/",
  /** What is known of how fast a Language resource can be asked. */
  pace: (resource: string) => `pace/${resource}.json`,
  requeues: "requeues/",
  requeue: (id: string) => `requeues/${id}.json`,
  /** A result whose failed tasks are asked again, as it was before. */
  before: (batch: string, document: string) => `batches/${batch}/before/${hashOf(document)}.json`,
  sweep: "sweep.json",
  /** Under which settings documents found no pipeline. */
  unmatched: "unmatched/",
  /** That such a record could not be removed when a pipeline took its document. */
  heldUnmatched: "unmatched/held.json",
} as const;

/** The queues of a pipeline. Queue names take 3 to 63 lower-case letters, digits and single hyphens. */
export const queueNames = {
  backlog: (pipeline: string) => `lb-${pipeline}`,
  /** For what comes at a trickle. */
  express: (pipeline: string) => `lbx-${pipeline}`,
  /** How the names of both begin. */
  prefix: "lb",
  /** Undefined for a queue that is no pipeline's. */
  pipelineOf: (queue: string) => /^lbx?-(.+)$/.exec(queue)?.[1],
} as const;

function hashOf(document: string): string {
  return createHash("sha256").update(document).digest("base64url");
}
