import { RestError } from "@azure/core-rest-pipeline";

/**
 * What the app tells its operators, one event a line: alerts and the workbook read these names and fields. Values are
 * names, counts, codes and times; never a key, a SAS or document text.
 */
export type LogEvent =
  | { event: "intake.unmatched"; document: string }
  /** An event of a blob in another container than the documents'; nothing is done with it. */
  | { event: "intake.foreign"; container: string; document: string }
  /** A lane could not be opened; the sweep does so later. */
  /** Durable Functions lost the lane: it had not gone on when it should. */
  | { event: "lane.restarted"; pipeline: string; lane: number; overdueSeconds: number }
  | { event: "lane.unopened"; pipeline: string; message: string }
  /** Somebody else wrote into a pipeline's queue; the message is removed. */
  | { event: "message.foreign"; pipeline: string; lane: number; messageId: string }
  | { event: "document.succeeded"; pipeline: string; document: string; status: string; textRecords: number }
  | { event: "document.failed"; pipeline: string; document: string; code: string; source: string }
  /** An earlier record may not be replaced or removed; the message names it and says what to do. */
  | { event: "record.refused"; pipeline: string; document: string; message: string }
  | {
      event: "job.submitted";
      pipeline: string;
      lane: number;
      batch: string;
      job: string;
      jobId: string;
      documents: number;
    }
  | {
      event: "job.lost";
      pipeline: string;
      lane: number;
      batch: string;
      job: string;
      jobId: string;
      code: string;
      attempts: number;
    }
  /** A job goes out once more, because nobody knows whether the service took it the first time: it may be billed twice. */
  | { event: "job.sentAgain"; pipeline: string; lane: number; batch: string; job: string; since: string }
  /** A resource takes no jobs now; they go to another one of the pipeline's. */
  | { event: "resource.avoided"; pipeline: string; lane: number; endpoint: string; code: string }
  | { event: "service.throttled"; pipeline: string; lane: number; retryAfterSeconds: number }
  | { event: "lane.blocked"; pipeline: string; lane: number; code: string; message: string; since: string }
  | { event: "lane.unblocked"; pipeline: string; lane: number; seconds: number }
  | { event: "lane.failing"; pipeline: string; lane: number; action: string; message: string }
  | {
      event: "batch.claimed" | "batch.adopted";
      pipeline: string;
      lane: number;
      batch: string;
      documents: number;
      jobs: number;
    }
  | {
      event: "batch.finished";
      pipeline: string;
      lane: number;
      batch: string;
      documents: number;
      failed: number;
      jobs: number;
      requests: number;
      textRecords: number;
      seconds: number;
    }
  | {
      event: "sweep.report";
      pipeline: string;
      waiting: number;
      oldestSeconds: number;
      lanesRunning: number;
      /** Lanes that have a batch in hand. */
      inHand: number;
      blocked: number;
      /** Lanes that were lost, and opened anew. */
      restarted: number;
      missed: number;
    }
  /** Somebody paused or drained a pipeline. */
  | { event: "pipeline.stopped"; pipeline: string; mode: string; by: string; reason: string }
  | { event: "pipeline.resumed"; pipeline: string; by: string; seconds: number }
  /** Once a day: when a deployment that the pipeline asks ends, and what it asks for that is retired soon. `on`: a day. */
  | {
      event: "expiry.report";
      pipeline: string;
      subject: string;
      name: string;
      on: string;
      /** Negative when it has ended. */
      daysLeft: number;
      source: string;
    }
  | { event: "project.started"; project: string; action: string; command: string }
  | { event: "project.job"; project: string; job: string; jobId: string }
  | { event: "project.held"; project: string; state: string; code: string; message: string; since: string }
  | { event: "project.ended"; project: string; action: string; outcome: string; code?: string; seconds: number };

export type EventLog = (event: LogEvent) => void;

/** What an error says in its first line: below it, SDK errors put dumps of requests and identity errors reports. */
export function firstLine(error: unknown): string {
  return error instanceof Error ? (error.message.split("\n", 1)[0] ?? "") : String(error);
}

/**
 * What went wrong, in one line. An error of the storage service names what it was asked for, without the query: there
 * would be the signature of a shared access.
 */
export function describeError(error: unknown): string {
  if (!(error instanceof RestError) || error.request === undefined) return firstLine(error);
  const { host, pathname } = new URL(error.request.url);
  const answer = error.code ?? (error.statusCode === undefined ? "no answer" : `HTTP ${error.statusCode}`);
  return `${answer} (${error.request.method} ${host}${decodePath(pathname)}): ${firstLine(error)}`;
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
