import type { DocumentInfo } from "../documents/document-info.ts";
import { buildFailure, type FailureInput } from "../results/build-failure.ts";
import { publishRecord } from "../results/publish-record.ts";
import type { BatchContext } from "./batch-context.ts";

/** Why a document failed, and when. */
export type Failure = FailureInput["error"] &
  Pick<FailureInput, "attempts" | "failedAt"> & {
    /** The document was redriven: this replaces its earlier failure. */
    again?: boolean | undefined;
  };

/** Writes the failure record of a document and tells the operators. */
export async function publishFailure(
  context: Pick<BatchContext, "containers" | "pipeline" | "log">,
  document: DocumentInfo,
  { attempts, failedAt, again, ...error }: Failure,
): Promise<void> {
  const record = buildFailure({ pipeline: context.pipeline.name, document, error, attempts, failedAt });
  await publishRecord(context.containers, record, { again });
  context.log({
    event: "document.failed",
    pipeline: context.pipeline.name,
    document: document.name,
    code: error.code,
    source: error.source,
  });
}
