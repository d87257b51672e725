import { z } from "zod";
import { isBlobName } from "./blobs.ts";

/** Why a document was put on the queue. */
const QUEUE_REASONS = ["event", "sweep", "backfill", "redrive"] as const;

export const documentMessageSchema = z.object({
  /** Blob name. Which version is analysed is decided when the document is read: always the current one. */
  name: z.string().refine(isBlobName),
  reason: z.enum(QUEUE_REASONS),
  /**
   * ETag of the record that this asks to be replaced: a failure or a partially succeeded result by a redrive, a result by a
   * forced backfill. Once another record stands, there is nothing to do; absent: whatever failure stands.
   */
  record: z.string().optional(),
  /** When the document first asked to be analysed, ISO 8601: copies of the message keep it. */
  queuedAt: z.iso.datetime(),
  /** How often it was put back to fill a job better. */
  passes: z.int().min(0).default(0),
  /** How often reading it was begun and never came to an end: the process died. */
  tries: z.int().min(0).default(0),
  /** W3C traceparent of the intake, which begins the document's trace. */
  traceparent: z.string().max(200).optional().catch(undefined),
  /** It belongs to the pipeline's express queue, and comes back there. */
  express: z.literal(true).optional(),
  /** A part of a file of rows, not the whole. */
  part: z.object({ run: z.string(), number: z.int().min(1) }).optional(),
});

/** One waiting document; a message of a queue has one or several. */
export type DocumentMessage = z.output<typeof documentMessageSchema>;

/** What tells one piece of work from another: the document, or the part of it. */
export function messageKey({ name, part }: Pick<DocumentMessage, "name" | "part">): string {
  return part === undefined ? name : `${name}\n${part.run}/${part.number}`;
}

/** The text of the message that these documents share: their list, or the document itself where it is alone. */
export function writeDocuments(documents: readonly DocumentMessage[]): string {
  return JSON.stringify(documents.length === 1 ? documents[0] : documents);
}

/** No message of ours has more documents than this. */
const MOST_TOGETHER = 100;

/** The documents of a message, without what is no document of ours (somebody else wrote into our queue). */
export function readDocuments(text: string): { documents: DocumentMessage[]; isForeign: boolean } {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return { documents: [], isForeign: true };
  }
  const parts = Array.isArray(content) ? content : [content];
  if (parts.length > MOST_TOGETHER) return { documents: [], isForeign: true };
  const documents = parts.flatMap((part) => {
    const read = documentMessageSchema.safeParse(part);
    return read.success ? [read.data] : [];
  });
  return { documents, isForeign: documents.length < Math.max(1, parts.length) };
}

/**
 * How long the oldest of these documents has waited, in seconds.
 * @param now milliseconds since 1970
 * @returns undefined when there is none
 */
export function oldestSeconds(documents: readonly DocumentMessage[], now: number): number | undefined {
  if (documents.length === 0) return undefined;
  return Math.max(0, (now - Math.min(...documents.map(({ queuedAt }) => Date.parse(queuedAt)))) / 1000);
}
