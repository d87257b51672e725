import { z } from "zod";
import type { TextAnswer } from "../api/document-schemas.ts";
import { RequestRefused } from "../api/route.ts";
import { oneAtATime } from "../common/one-at-a-time.ts";
import { quote } from "../common/problems.ts";
import { decodeDocument } from "../documents/decode-document.ts";
import { DocumentError, recordName } from "../documents/document.ts";
import { readDocument } from "../documents/read-document.ts";
import type { SweepContext } from "../queueing/inspect-pipeline.ts";
import { UNMATCHED_PIPELINE } from "../results/record.ts";
import { findRecord } from "../results/record-version.ts";
import { isBlobName, readText } from "../storage/blobs.ts";
import { parseStored } from "../storage/versioned-json.ts";

const MEGABYTE = 1024 * 1024;

type RecordContext = Pick<SweepContext, "containers">;

/** A pipeline's name, also of one that was removed, or the folder of documents that none wants. */
const PIPELINE = /^(?:[a-z0-9]+(?:-[a-z0-9]+)*|_unmatched)$/;

/** The document that a path names: exactly, or with `%2F` for its slashes; the first is tried first. */
function namesOf(path: string): string[] {
  const names = [...new Set([path, path.replaceAll(/%2f/gi, "/")])].filter(isBlobName);
  if (names.length > 0) return names;
  throw new RequestRefused(400, {
    code: "InvalidName",
    message: `${quote(path)} cannot be the name of a document`,
    hint: "A name has at most 1,024 characters and 254 segments, none of them . or ..",
  });
}

/**
 * The record that stands for a document, as it is stored: a result or a failure record.
 * @throws RequestRefused where there is none
 */
export async function readStoredRecord(
  { containers }: RecordContext,
  pipeline: string,
  path: string,
): Promise<unknown> {
  for (const name of PIPELINE.test(pipeline) ? namesOf(path) : []) {
    const found = await findRecord(containers, pipeline, name);
    if (found === undefined) continue;
    const container = found.kind === "result" ? containers.results : containers.failed;
    const blobName = recordName(pipeline, name);
    const blob = await readText(container, blobName);
    if (blob !== undefined) return parseStored(container, blobName, blob.text, z.looseObject({}));
  }
  throw new RequestRefused(404, {
    code: "UnknownRecord",
    message: `Pipeline ${quote(pipeline)} has no record of a document ${quote(path)}`,
    hint: "GET /api/documents/<name> says where the document stands, and in which pipelines.",
  });
}

interface TextContext extends Pick<SweepContext, "containers" | "pipelines"> {
  settings: { maxDocumentMegabytes: number };
}

interface Wanted {
  /** Whose way of reading counts; absent: as a document is read that no pipeline says anything of. */
  pipeline?: string | undefined;
  from: number;
  length: number;
}

/**
 * A part of a document's text as it was, or would be, analysed: what came out of the file of another format, as it is kept
 * beside the result; else the document, decoded.
 * @throws RequestRefused when there is no such document, or no text in it
 */
export async function readTextPart(context: TextContext, path: string, wanted: Wanted): Promise<TextAnswer> {
  for (const name of namesOf(path)) {
    // A long document is in memory as a whole: one at a time.
    const read = await oneAtATime(
      async () => (await analysedText(context, name, wanted)) ?? decoded(context, name, wanted),
    );
    if (read === undefined) continue;
    const { text, ...about } = read;
    const from = startsInside(text, wanted.from) ? wanted.from - 1 : wanted.from;
    const end = wanted.from + wanted.length;
    const part = text.slice(from, startsInside(text, end) ? end + 1 : end);
    return { name, ...about, characters: text.length, from, text: part };
  }
  throw new RequestRefused(404, {
    code: "UnknownDocument",
    message: `There is no document ${quote(path)}`,
    hint: "Check the name, upper and lower case count, in the container of the documents.",
  });
}

type WholeText = Pick<TextAnswer, "etag" | "encoding" | "text">;

const analysedSchema = z.object({
  document: z.object({ etag: z.string(), textFile: z.string().optional() }),
});

/** The text that was kept beside a result; undefined where the document itself is the text. */
async function analysedText(
  { containers }: RecordContext,
  name: string,
  { pipeline = "" }: Wanted,
): Promise<WholeText | undefined> {
  if (!PIPELINE.test(pipeline) || pipeline === UNMATCHED_PIPELINE) return undefined;
  const { results } = containers;
  const record = await readText(results, recordName(pipeline, name));
  if (record === undefined) return undefined;
  const { etag, textFile } = parseStored(results, recordName(pipeline, name), record.text, analysedSchema).document;
  const kept = textFile === undefined ? undefined : await readText(results, recordName(pipeline, name, "txt"));
  return kept && { etag, text: kept.text };
}

async function decoded(
  { containers, pipelines, settings }: TextContext,
  name: string,
  wanted: Wanted,
): Promise<WholeText | undefined> {
  const outcome = await readDocument(containers.input, name, {
    maxBytes: settings.maxDocumentMegabytes * MEGABYTE,
  });
  if (outcome.kind === "refused") throw unreadable(outcome.error);
  if (outcome.kind !== "read") return undefined;
  const { info, bytes } = outcome;
  const pipeline = pipelines.find((each) => each.name === wanted.pipeline);
  try {
    const { text, encoding } = decodeDocument(bytes, { ...info, encoding: pipeline?.encoding });
    return { etag: info.etag, encoding, text };
  } catch (error) {
    throw error instanceof DocumentError ? unreadable(error) : error;
  }
}

/** What its failure record would say. */
function unreadable({ code, message, hint }: DocumentError): RequestRefused {
  return new RequestRefused(422, { code, message, hint });
}

/** Whether a position lies between the halves of one character. */
function startsInside(text: string, position: number): boolean {
  const [before, after] = [text.charCodeAt(position - 1), text.charCodeAt(position)];
  return before >= 0xd800 && before <= 0xdbff && after >= 0xdc00 && after <= 0xdfff;
}
