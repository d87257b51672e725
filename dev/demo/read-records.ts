import type { ContainerClient } from "@azure/storage-blob";
import pMap from "p-map";
import { z } from "zod";

const recordSchema = z.looseObject({
  pipeline: z.string(),
  status: z.string(),
  document: z.looseObject({ name: z.string() }),
  error: z.looseObject({ code: z.string(), message: z.string(), hint: z.string() }).optional(),
  tasks: z.array(z.looseObject({ name: z.string() })).optional(),
});

/** A result or failure record, as found in a container. */
export interface FoundRecord {
  container: string;
  blob: string;
  /** The file as it is. */
  text: string;
  record: z.output<typeof recordSchema>;
}

/** What else lies in a container of results stands beside one: the analysed text, redacted copies. */
const isRecord = (name: string): boolean => name.endsWith(".json");

/** Reads every record of a container. */
export async function readRecords(container: ContainerClient): Promise<FoundRecord[]> {
  const blobs: string[] = [];
  for await (const { name } of container.listBlobsFlat()) if (isRecord(name)) blobs.push(name);
  return pMap(
    blobs,
    async (blob) => {
      const text = (await container.getBlobClient(blob).downloadToBuffer()).toString("utf8");
      return { container: container.containerName, blob, text, record: recordSchema.parse(JSON.parse(text)) };
    },
    { concurrency: 16 },
  );
}

/** How many records a container holds. */
export async function countRecords(container: ContainerClient): Promise<number> {
  let count = 0;
  for await (const page of container.listBlobsFlat().byPage({ maxPageSize: 5000 })) {
    count += page.segment.blobItems.filter(({ name }) => isRecord(name)).length;
  }
  return count;
}
