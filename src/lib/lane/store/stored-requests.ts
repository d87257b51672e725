import type { ContainerClient } from "@azure/storage-blob";
import { z } from "zod";
import type { JobDocument } from "../../language/analysis.ts";
import { readText, writeText } from "../../storage/blobs.ts";
import { parseStored } from "../../storage/versioned-json.ts";
import { workNames } from "./lane-file.ts";

const storedRequestSchema = z.object({
  documents: z.array(z.object({ id: z.string(), text: z.string() })),
});

/** A text of a job; its language is the pipeline's at the moment that it is sent. */
export type StoredText = Omit<JobDocument, "language">;

/** Stores the texts of a job, so that each document is read once however often its job must be sent. */
export async function storeRequest(
  work: ContainerClient,
  batch: string,
  request: string,
  documents: readonly StoredText[],
): Promise<void> {
  await writeText(work, workNames.request(batch, request), JSON.stringify({ documents }));
}

/**
 * The texts of a job.
 * @param chunks the job documents wanted
 */
export async function readRequest(
  work: ContainerClient,
  batch: string,
  request: string,
  chunks: readonly string[],
): Promise<StoredText[]> {
  const name = workNames.request(batch, request);
  const blob = await readText(work, name);
  if (blob === undefined) throw new Error(`The stored request ${name} is missing from container ${work.containerName}`);
  const { documents } = parseStored(work, name, blob.text, storedRequestSchema);
  const wanted = new Set(chunks);
  return documents.filter(({ id }) => wanted.has(id));
}
