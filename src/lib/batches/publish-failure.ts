import type { DocumentInfo } from "../documents/document-info.ts";
import { buildFailure, type FailureInput } from "../results/build-failure.ts";
import { publishRecord } from "../results/publish-record.ts";
import type { BatchContext } from "./batch-context.ts";
import { publishOrKeep } from "./kept-records.ts";

/** Why a document failed, and when. */
export type Failure = FailureInput["error"] &
  Pick<FailureInput, "attempts" | "failedAt"> & {
    /** The document was redriven: this replaces its earlier failure. */
    again?: boolean | undefined;
    /** The batch that keeps the record for as long as the storage service refuses it; absent: a refusal is thrown. */
    batch?: string;
  };

/**
 * Writes the failure record of a document and tells the operators.
 * @throws BlobRefusedError
 */
export async function publishFailure(
  context: Pick<BatchContext, "containers" | "pipeline" | "log">,
  document: DocumentInfo,
  { attempts, failedAt, again, batch, ...error }: Failure,
): Promise<void> {
  const record = buildFailure({ pipeline: context.pipeline.name, document, error, attempts, failedAt });
  if (batch === undefined) await publishRecord(context.containers, record, { again });
  else await publishOrKeep(context, batch, record, { again });
  context.log({
    event: "document.failed",
    pipeline: context.pipeline.name,
    document: document.name,
    code: error.code,
    source: error.source,
  });
}
