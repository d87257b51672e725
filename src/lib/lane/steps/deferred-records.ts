import pMap from "p-map";
import { z } from "zod";
import { markPartial, unmarkPartial } from "../../results/outcome-metadata.ts";
import { type PublishOptions, publishRecord } from "../../results/publish-record.ts";
import { documentSchema, type FailureFile, type ResultFile, SCHEMA_VERSION } from "../../results/record.ts";
import { type Sidecar, sidecarSchema } from "../../results/sidecar.ts";
import { BlobRefusedError, deleteBlob, readText, writeText } from "../../storage/blobs.ts";
import { parseStored } from "../../storage/versioned-json.ts";
import type { LaneContext } from "../lane-context.ts";
import type { LaneSession } from "../lane-session.ts";
import { workNames } from "../store/names.ts";

/** Records written at a time. */
const CONCURRENCY = 8;

/** A record on its way out, and how it is published. */
export interface Publication {
  record: ResultFile | FailureFile;
  /** The document was asked for again: this replaces its earlier record of the same version. */
  again?: boolean | undefined;
  /** Its earlier result was partial, and is marked so. */
  wasPartial?: boolean | undefined;
  /** What stands beside a result. */
  sidecars?: readonly Sidecar[];
  /** The batch looks for failure records of all its documents at its end. */
  looksLater?: boolean | undefined;
}

/**
 * Publishes a record. One that the storage service does not let stand (an earlier one is in its place, under a lease or
 * a hold) is kept beside the batch, which goes on with its other documents and is not over before this one is published.
 */
export async function publishOrDefer({ context, batch }: LaneSession, publication: Publication): Promise<void> {
  const { containers, log } = context;
  const { record, again = false, wasPartial = false, sidecars = [], looksLater } = publication;
  try {
    await publishMarked(context, { record, wasPartial }, { again, sidecars, looksLater });
  } catch (error) {
    if (!(error instanceof BlobRefusedError)) throw error;
    const { pipeline, document } = record;
    const name = workNames.pendingRecord(batch.id, document.name);
    await writeText(containers.work, name, JSON.stringify({ again, wasPartial, record, sidecars }));
    log({ event: "record.refused", pipeline, document: document.name, message: error.message });
  }
}

/** The mark of a partial result is there before the result is, and goes after it. */
async function publishMarked(
  { containers, tellEnd }: LaneContext,
  { record, wasPartial }: Pick<Publication, "record" | "wasPartial">,
  options: PublishOptions,
): Promise<void> {
  if (record.status === "partiallySucceeded") await markPartial(containers.work, record as ResultFile);
  const outcome = await publishRecord(containers, record, options);
  if (wasPartial && record.status !== "partiallySucceeded") {
    await unmarkPartial(containers.work, record.pipeline, record.document.name);
  }
  await tellEnd?.(record, outcome);
}

/** As it was built: nothing of it may be lost, or keep it from being published. */
const headSchema = z.looseObject({
  schemaVersion: z.literal(SCHEMA_VERSION),
  pipeline: z.string(),
  status: z.string(),
  document: documentSchema,
});
const pendingSchema = z.object({
  again: z.boolean(),
  wasPartial: z.boolean().default(false),
  sidecars: z.array(sidecarSchema).default([]),
  record: z.custom<ResultFile | FailureFile>((value) => headSchema.safeParse(value).success, "no record"),
});

/**
 * Publishes the records that a batch has deferred. Can be repeated.
 * @param stored the names of the batch's work blobs
 * @throws Error when some of them are still refused, after all the rest is published
 */
export async function publishDeferred({ context, batch }: LaneSession, stored: readonly string[]): Promise<void> {
  const { containers } = context;
  const { work } = containers;
  const names = stored.filter((name) => name.startsWith(workNames.pendingRecords(batch.id)));
  const refusals: BlobRefusedError[] = [];
  const publish = async (name: string): Promise<void> => {
    const blob = await readText(work, name);
    if (blob === undefined) return;
    const { again, wasPartial, record, sidecars } = parseStored(work, name, blob.text, pendingSchema);
    try {
      await publishMarked(context, { record, wasPartial }, { again, sidecars });
      await deleteBlob(work, name);
    } catch (error) {
      if (!(error instanceof BlobRefusedError)) throw error;
      refusals.push(error);
    }
  };
  await pMap(names, publish, { concurrency: CONCURRENCY });
  const [first, ...others] = refusals;
  if (first === undefined) return;
  if (others.length === 0) throw first;
  throw new Error(`${first.message}; ${others.length} more records of the batch wait in the same way`, {
    cause: first,
  });
}
