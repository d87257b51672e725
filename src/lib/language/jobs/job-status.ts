import type { JobStatus } from "../analysis.ts";

/**
 * Every spelling of a state on any wire, in lower case. `completed` is v3.1-preview.ct.1; `partiallySucceeded` appears in
 * the official JavaScript client beside the specified `partiallyCompleted`; `canceled` in neither, but in other services.
 */
const STATUSES: ReadonlyMap<string, JobStatus> = new Map(
  Object.entries({
    notstarted: "notStarted",
    running: "running",
    succeeded: "succeeded",
    completed: "succeeded",
    partiallycompleted: "partiallyCompleted",
    partiallysucceeded: "partiallyCompleted",
    failed: "failed",
    rejected: "rejected",
    cancelled: "cancelled",
    canceled: "cancelled",
    cancelling: "cancelling",
    canceling: "cancelling",
  }),
);

const FINISHED: ReadonlySet<JobStatus> = new Set([
  "succeeded",
  "partiallyCompleted",
  "failed",
  "rejected",
  "cancelled",
]);

/** Our word for a state of a job or a task; one unknown to us counts as still running. */
export function readStatus(wire: string): JobStatus {
  return STATUSES.get(wire.toLowerCase()) ?? "running";
}

/** True when the service will not change the job any more. */
export function isFinished(status: JobStatus): boolean {
  return FINISHED.has(status);
}
