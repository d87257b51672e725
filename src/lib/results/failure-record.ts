import type { DocumentInfo, ReadingCandidate } from "../documents/document.ts";
import { documentPart, type FailureFile, SCHEMA_VERSION } from "./record.ts";

/** Stands for the pipeline in the failure records of documents that no pipeline wants; no pipeline can have this name. */
export const UNMATCHED_PIPELINE = "_unmatched";

export interface FailureInput {
  pipeline: string;
  document: DocumentInfo;
  error: {
    code: string;
    message: string;
    hint: string;
    source: "service" | "reader" | "routing";
    task?: string;
    candidates?: readonly ReadingCandidate[] | undefined;
  };
  attempts: number;
  /** ISO 8601. */
  failedAt: string;
}

/** Makes the failure record of a document that never got as far as an answer. */
export function buildFailure({ pipeline, document, error, attempts, failedAt }: FailureInput): FailureFile {
  const { code, message, hint, source, task, candidates = [] } = error;
  const doubt = candidates.length > 0 ? { candidates: [...candidates] } : {};
  return {
    schemaVersion: SCHEMA_VERSION,
    pipeline,
    status: "failed",
    document: documentPart(document),
    error: { code, message, hint, source, task, ...doubt },
    attempts,
    failedAt,
  };
}
