import { z } from "zod";
import { type DocumentText, extractText } from "../../documents/formats/extract-text.ts";
import { readDocument } from "../../documents/read-document.ts";
import { readText, writeText } from "../../storage/blobs.ts";
import { parseStored } from "../../storage/versioned-json.ts";
import type { LaneContext } from "../lane-context.ts";
import type { Batch } from "./lane-file.ts";
import { workNames } from "./names.ts";

const offsets = z.array(z.int().min(0)).optional();

const storedTextSchema = z.object({ text: z.string(), pages: offsets, paragraphs: offsets });

/** The text that came out of a document's file, and where its pages or paragraphs begin in it. */
export type StoredDocumentText = z.output<typeof storedTextSchema>;

/** A batch, and all that a step works with. */
interface InBatch {
  context: LaneContext;
  batch: Batch;
}

/** How the documents of a pipeline become text. */
export function textOf(
  { pipeline, limits }: Pick<LaneContext, "pipeline" | "limits">,
  bytes: Uint8Array,
  about: { name: string; contentType?: string | undefined },
): Promise<DocumentText> {
  const settings = { jsonText: pipeline.json?.text, attachments: pipeline.attachments === "documents" };
  return extractText(
    bytes,
    { name: about.name, contentType: about.contentType, encoding: pipeline.encoding },
    { settings, limits: limits.extraction },
  );
}

/**
 * Keeps the text of a document until its record is written: it came out of its file once, and is stored beside the record.
 * @returns what it is called in the batch: another reading of the batch stores its own
 */
export async function storeDocumentText(
  { context, batch }: InBatch,
  number: number,
  { text, pages, paragraphs }: DocumentText,
): Promise<string> {
  const name = `r${batch.reads}-${number}`;
  const stored: StoredDocumentText = { text, pages, paragraphs };
  await writeText(context.containers.work, workNames.text(batch.id, name), JSON.stringify(stored));
  return name;
}

/**
 * The text of a document of the batch, as it was first read. Where what was stored of it is gone, it is read again from
 * the document; undefined when that version of the document is no more, or is read differently now.
 */
export async function readDocumentText(
  { context, batch }: InBatch,
  number: number,
): Promise<StoredDocumentText | undefined> {
  const document = batch.documents[number];
  if (document?.text !== undefined) {
    const name = workNames.text(batch.id, document.text);
    const blob = await readText(context.containers.work, name);
    if (blob !== undefined) return parseStored(context.containers.work, name, blob.text, storedTextSchema);
  }
  return document && readAgain(context, document.info);
}

async function readAgain(
  context: LaneContext,
  info: { name: string; etag: string; characters?: number | undefined },
): Promise<StoredDocumentText | undefined> {
  const { containers, limits } = context;
  const outcome = await readDocument(containers.input, info.name, { maxBytes: limits.maxDocumentBytes });
  if (outcome.kind !== "read" || outcome.info.etag !== info.etag) return undefined;
  const read = await textOf(context, outcome.bytes, outcome.info);
  return read.text.length === info.characters ? read : undefined;
}
