import { RequestRefused } from "../api/route.ts";
import { quote } from "../common/problems.ts";
import { recordName } from "../documents/document.ts";
import type { SweepContext } from "../queueing/inspect-pipeline.ts";
import { UNMATCHED_PIPELINE } from "../results/record.ts";
import { findRecord } from "../results/record-version.ts";
import { type FileProgress, readFileProgress } from "../rows/file-run.ts";
import { matchPipelines } from "../settings/pipeline.ts";
import { isBlobName, isFolderMarker, readFacts, sameEtag } from "../storage/blobs.ts";

interface DocumentPlace {
  pipeline: string;
  /**
   * succeeded, failed: the current version ended in `record`, partiallySucceeded: with a task that failed; running: a lane has it in hand; waiting: it is on the
   * queue, or its event is on the way; outdated: a record of an older version stands until the current one has ended;
   * unknown: there is no such document, and no record of one. What failed in whole or part and was redriven is running
   * or waiting again (as far as the head of the queue tells), and `record` is that of its failure.
   */
  state: "succeeded" | "partiallySucceeded" | "failed" | "running" | "waiting" | "outdated" | "unknown";
  /** The lane that has it. */
  lane?: number;
  /** `<container>/<blob name>` of the record. */
  record?: string;
  /** Of a file of rows that is under way: how many of its parts have ended, and how the rows of those did. */
  rows?: Omit<FileProgress, "open">;
}

export interface DocumentDescription {
  name: string;
  /** Absent when there is no such document now. */
  etag?: string;
  places: DocumentPlace[];
}

/** Whether there is such a document, or a record of one. */
function isKnown({ places }: DocumentDescription): boolean {
  return places.some(({ state }) => state !== "unknown");
}

/**
 * Describes the document that a URL's path names, decoded as ASP.NET does: all but `%2F`. That may stand for a slash, or
 * for itself in a name that has it; the latter goes first, because it is the exact name.
 * @throws RequestRefused when there is no such document, nor a record of one
 */
export async function describePath(context: SweepContext, path: string): Promise<DocumentDescription> {
  if (path === "") {
    const hint = "GET /api/documents/<blob name>";
    throw new RequestRefused(400, { code: "MissingName", message: "The address names no document", hint });
  }
  const decoded = path.replaceAll(/%2f/gi, "/");
  if (!isBlobName(path) || !isBlobName(decoded)) {
    const message = `${quote(decoded)} cannot be the name of a document`;
    const hint = "A name has at most 1,024 characters and 254 segments, none of them . or ..";
    throw new RequestRefused(400, { code: "InvalidName", message, hint });
  }
  const exact = await describeDocument(context, path);
  if (isKnown(exact)) return exact;
  const description = decoded === path ? exact : await describeDocument(context, decoded);
  if (isKnown(description)) return description;
  throw new RequestRefused(404, {
    code: "UnknownDocument",
    message: `There is no document ${JSON.stringify(decoded)}, and no record of one`,
    hint: "Check the name, upper and lower case count, in the container of the documents.",
    about: description,
  });
}

/** Where a document stands in each pipeline that wants it. */
export async function describeDocument(context: SweepContext, name: string): Promise<DocumentDescription> {
  const { containers, pipelines } = context;
  const found = await readFacts(containers.input, name);
  const facts = found !== undefined && isFolderMarker(name, found) ? undefined : found;
  const matching = matchPipelines(pipelines, name).map((pipeline) => pipeline.name);
  const wanted = matching.length === 0 ? [UNMATCHED_PIPELINE] : matching;
  const places = await Promise.all(wanted.map((pipeline) => describePlace(context, pipeline, name, facts?.etag)));
  return { name, ...(facts === undefined ? {} : { etag: facts.etag }), places };
}

async function describePlace(
  context: SweepContext,
  pipeline: string,
  name: string,
  etag: string | undefined,
): Promise<DocumentPlace> {
  const { results, failed } = context.containers;
  const record = await findRecord(context.containers, pipeline, name);
  const place =
    record === undefined
      ? {}
      : { record: `${(record.kind === "result" ? results : failed).containerName}/${recordName(pipeline, name)}` };
  const rows = await rowsUnderWay(context, pipeline, { name, etag });
  if (rows !== undefined) return { pipeline, state: "running", ...place, rows };
  const current = record !== undefined && (etag === undefined || sameEtag(record.etag, etag));
  if (current && record.kind === "result" && !record.isPartial) return { pipeline, state: "succeeded", ...place };
  const lane = pipeline === UNMATCHED_PIPELINE ? undefined : await context.claims(pipeline).holder(name);
  if (lane !== undefined) return { pipeline, state: "running", lane, ...place };
  if (current) {
    const ended = record.isPartial ? "partiallySucceeded" : "failed";
    return { pipeline, state: (await isQueued(context, pipeline, name)) ? "waiting" : ended, ...place };
  }
  if (etag === undefined) return { pipeline, state: "unknown" };
  return { pipeline, state: record === undefined ? "waiting" : "outdated", ...place };
}

/** How far a file of rows has come in a pipeline that takes such. */
async function rowsUnderWay(
  { containers, pipelines }: SweepContext,
  pipeline: string,
  file: { name: string; etag: string | undefined },
): Promise<Omit<FileProgress, "open"> | undefined> {
  if (pipelines.find((one) => one.name === pipeline)?.rows === undefined) return undefined;
  const { open: _open, ...progress } = (await readFileProgress(containers.work, pipeline, file)) ?? {};
  return "parts" in progress ? progress : undefined;
}

/** Whether a message at the head of the queue names the document: all that can be seen without taking messages. */
async function isQueued(context: SweepContext, pipeline: string, name: string): Promise<boolean> {
  if (pipeline === UNMATCHED_PIPELINE) return false;
  const { head } = await context.queue(pipeline).peek();
  return head.some((document) => document.name === name);
}
