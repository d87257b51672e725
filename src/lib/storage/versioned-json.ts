import type { ContainerClient } from "@azure/storage-blob";
import { z } from "zod";

/** A blob of ours that this version of the app cannot read: another version wrote it, or somebody else did. */
export class UnreadableBlobError extends Error {
  override readonly name = "UnreadableBlobError";
}

/**
 * Reads JSON that the app itself has stored.
 * @throws UnreadableBlobError naming the blob and the first thing that is wrong with it
 */
export function parseStored<T>(container: ContainerClient, name: string, text: string, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? "the whole" : z.core.toDotPath(issue.path);
  throw new UnreadableBlobError(
    `The blob ${container.containerName}/${name} was not written by this version of the app (${where}: ${issue?.message}); ` +
      "deploy the version that wrote it, or repair the blob",
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
