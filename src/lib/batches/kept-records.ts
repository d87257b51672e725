import pMap from "p-map";
import { z } from "zod";
import type { FailureFile } from "../results/failure-file.ts";
import { publishRecord } from "../results/publish-record.ts";
import { documentSchema, SCHEMA_VERSION } from "../results/record-schema.ts";
import type { ResultFile } from "../results/result-file.ts";
import { BlobRefusedError } from "../storage/blob-refused-error.ts";
import { deleteBlob, readText, writeText } from "../storage/blobs.ts";
import { parseStored } from "../storage/parse-stored.ts";
import type { BatchContext } from "./batch-context.ts";
import { workNames } from "./work-names.ts";

/** Records written at a time. */
const CONCURRENCY = 8;

type AnyRecord = ResultFile | FailureFile;

/** As it was built: nothing of it may be lost, or keep it from being published. */
const headSchema = z.looseObject({
  schemaVersion: z.literal(SCHEMA_VERSION),
  pipeline: z.string(),
  status: z.string(),
  document: documentSchema,
});
const keptSchema = z.object({
  again: z.boolean(),
  record: z.custom<AnyRecord>((value) => headSchema.safeParse(value).success, "no record"),
});

/**
 * Publishes a record. One that the storage service does not let stand (an earlier one is in its place, under a lease or
 * a hold) is kept beside the batch, which goes on with its other documents and is not over before this one is published.
 */
export async function publishOrKeep(
  { containers, log }: Pick<BatchContext, "containers" | "log">,
  batch: string,
  record: AnyRecord,
  { again = false }: { again?: boolean | undefined } = {},
): Promise<void> {
  try {
    await publishRecord(containers, record, { again });
  } catch (error) {
    if (!(error instanceof BlobRefusedError)) throw error;
    const { pipeline, document } = record;
    await writeText(containers.work, workNames.keptRecord(batch, document.name), JSON.stringify({ again, record }));
    log({ event: "record.refused", pipeline, document: document.name, message: error.message });
  }
}

/**
 * Publishes what a batch has kept. Can be repeated.
 * @throws Error when some of it is still refused, after all the rest is published
 */
export async function publishKept({ containers }: Pick<BatchContext, "containers">, batch: string): Promise<void> {
  const { work } = containers;
  const names: string[] = [];
  for await (const { name } of work.listBlobsFlat({ prefix: workNames.keptRecords(batch) })) names.push(name);
  const refusals: BlobRefusedError[] = [];
  const publish = async (name: string): Promise<void> => {
    const blob = await readText(work, name);
    if (blob === undefined) return;
    const { again, record } = parseStored(work, name, blob.text, keptSchema);
    try {
      await publishRecord(containers, record, { again });
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
