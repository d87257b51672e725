import { z } from "zod";

/**
 * A blob that a function is to be run for, as it lies in the host's internal queue (`BlobTriggerMessage.cs`); the same
 * text goes to the poison queue.
 */
export const BlobMessage = z.looseObject({
  Type: z.literal("BlobTrigger").default("BlobTrigger"),
  /** `Host.Functions.<name>`. */
  FunctionId: z.string(),
  /** `BlockBlob`, `AppendBlob` or `PageBlob`. */
  BlobType: z.string(),
  ContainerName: z.string(),
  BlobName: z.string(),
  /** With its quotes. */
  ETag: z.string(),
});

export type BlobMessage = z.infer<typeof BlobMessage>;

/** ETags come with quotes in headers and without in listings and events; messages and receipts have them with. */
export function quoteETag(etag: string): string {
  return `"${etag.replaceAll('"', "")}"`;
}
