import type { EventLog } from "../common/log.ts";
import type { ExtractionLimits } from "../documents/formats/format.ts";
import type { AnalysisClient } from "../language/analysis.ts";
import type { TellEnd } from "../results/record.ts";
import type { Pipeline } from "../settings/pipeline.ts";
import type { Containers } from "../storage/blobs.ts";
import type { WorkQueue } from "../storage/work-queue.ts";
import type { LaneAddress } from "./lane.ts";
import type { Pacer } from "./pacer.ts";
import type { DocumentClaims } from "./store/document-claims.ts";
import type { TextCache } from "./store/text-cache.ts";

export interface LaneLimits {
  jobsPerBatch: number;
  /** How often a document's job may be lost or fail before the document becomes a failure record. */
  maxAttempts: number;
  maxDocumentBytes: number;
  /** What one file may use of this process to become text. */
  extraction: ExtractionLimits;
  /** A document that would be billed as more is refused, where the pipeline says nothing else. */
  maxTextRecordsPerDocument: number;
  /** Of each pipeline; beyond it, lanes wait for the next day. */
  maxTextRecordsPerDay: number;
  firstPollSeconds: number;
  longestPollSeconds: number;
  longestBlockedSeconds: number;
  /** A document that another lane has in hand is looked at again after this. */
  claimedElsewhereSeconds: number;
  /** Long enough to write down what was claimed; after a crash in between, the messages come back after it. */
  visibilityTimeoutSeconds: number;
}

/** All that a step of a lane works with. */
export interface LaneContext {
  address: LaneAddress;
  pipeline: Pipeline;
  /** The Language resources that new jobs go to. */
  endpoints: readonly string[];
  /** How fast they are asked. */
  pacer: Pacer;
  containers: Containers;
  queue: WorkQueue;
  claims: DocumentClaims;
  /** Of this process: what it need not read back. */
  texts: TextCache;
  limits: LaneLimits;
  /** The client for a Language resource and version of the wire. */
  client(endpoint: string, apiVersion: string): AnalysisClient;
  log: EventLog;
  /** Absent: nobody wants to hear of documents that end. */
  tellEnd?: TellEnd | undefined;
  /** W3C traceparent of the step. */
  trace?: string | undefined;
  /** Milliseconds since 1970. */
  now(): number;
  newBatchId(): string;
}
