import pMap from "p-map";
import { oneFileAtATime } from "../common/one-at-a-time.ts";
import { DocumentError, type DocumentInfo } from "../documents/document.ts";
import { type BlobFacts, isFolderMarker, readFacts, sameEtag } from "../storage/blobs.ts";
import { type DocumentMessage, messageKey } from "../storage/document-message.ts";
import { beginRun, cutFile, FileChangedError } from "./cut-file.ts";
import { readStanding, type StandingRecord } from "./file-record.ts";
import { changeRun, type FileRun, fileRun, isComplete, openParts, type SplitContext } from "./file-run.ts";
import { completeFile, type FileOutcome, forgetRun, removeAllRuns } from "./publish-part.ts";

export type SplitOutcome =
  /** Its parts are on the queue, or there is nothing to do. */
  | { kind: "done"; ended?: FileOutcome | undefined }
  /** It is on the queue again. */
  | { kind: "later" }
  | { kind: "failed"; info: DocumentInfo; error: DocumentError; again: boolean };

/** Messages sent at a time. */
const CONCURRENCY = 16;

/**
 * Makes parts of a file of rows, one message each, and so hands it over to the lanes. A file that is under way already is
 * gone on with: what was cut is not cut again, and of the parts only those come on the queue again that nobody has. When a
 * newer version is there, the parts that a lane has in hand are waited for: what they pay for serves the new version.
 */
export function splitFile(context: SplitContext, message: DocumentMessage): Promise<SplitOutcome> {
  return oneFileAtATime(async () => {
    try {
      return await split(context, message);
    } catch (error) {
      if (!(error instanceof FileChangedError)) throw error;
      return later(context, message);
    }
  });
}

async function split(context: SplitContext, message: DocumentMessage): Promise<SplitOutcome> {
  const { containers, pipeline } = context;
  const { name } = message;
  const facts = await readFacts(containers.input, name);
  let run = (await fileRun(containers.work, pipeline.name, name).read()).value;
  let ended: FileOutcome | undefined;
  if (run !== null && isComplete(run)) {
    ended = await completeFile(context, run);
    run = null;
  }
  const standing = await readStanding(context, name);
  if (facts === undefined) {
    // What was cut of it before it was deleted is analysed all the same, as a document is that was read.
    if (run !== null || standing !== undefined) return { kind: "done", ended };
    const info = { container: containers.input.containerName, name, etag: "" };
    return { kind: "failed", info, error: deleted(), again: false };
  }
  if (isFolderMarker(name, facts)) return { kind: "done" };
  if (run === null || !sameEtag(run.document.etag, facts.etag)) {
    if (await hasEnded(context, message, { facts, standing })) return { kind: "done", ended };
    if (run !== null && !(await stop(context, run))) return later(context, message);
  }
  return cut(context, message, { facts, standing, run });
}

/** Whether the current version has ended, and nobody asked for it again. */
async function hasEnded(
  context: SplitContext,
  { name, reason }: DocumentMessage,
  { facts, standing }: { facts: BlobFacts; standing: StandingRecord | undefined },
): Promise<boolean> {
  if (standing === undefined || !sameEtag(standing.etag, facts.etag)) return false;
  if (reason === "redrive" && standing.hasFailures) return false;
  // A process may have died between writing the failure record and this.
  if (standing.run === undefined) await removeAllRuns(context, name);
  return true;
}

/**
 * Lets no further part of a run begin.
 * @returns false while a lane has one in hand
 */
async function stop(context: SplitContext, run: FileRun): Promise<boolean> {
  const stopped = await changeRun(context, run, (current) =>
    current.superseded ? undefined : { ...current, superseded: true },
  );
  return (await unclaimed(context, stopped)).length === openParts(stopped).length;
}

interface Known {
  facts: BlobFacts;
  standing: StandingRecord | undefined;
  run: FileRun | null;
}

async function cut(context: SplitContext, message: DocumentMessage, known: Known): Promise<SplitOutcome> {
  const { containers } = context;
  const { name } = message;
  const { facts, standing } = known;
  const isSame = (etag: string | undefined) => sameEtag(etag, facts.etag);
  const version = { name, ...facts };
  let run = isSame(known.run?.document.etag) ? known.run : null;
  try {
    run ??= await beginRun(context, version, { standing, interrupted: known.run, reason: message.reason });
    if (run.next !== undefined) {
      const cutRun = await cutFile(context, run, version);
      if (cutRun === undefined) return later(context, message);
      run = cutRun;
    }
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    if (run !== null) await forgetRun(context, run);
    else if (known.run !== null) await forgetRun(context, known.run);
    const { etag, lastModified, contentType, bytes } = facts;
    const info = { container: containers.input.containerName, name, etag, lastModified, contentType, bytes };
    return { kind: "failed", info, error, again: isSame(standing?.etag) };
  }
  if (isComplete(run)) return { kind: "done", ended: await completeFile(context, run) };
  const parts = await unclaimed(context, run);
  await pMap(parts, (part) => context.queue.add(partMessage(message, part)), { concurrency: CONCURRENCY });
  return { kind: "done" };
}

function partMessage(message: DocumentMessage, part: NonNullable<DocumentMessage["part"]>): DocumentMessage {
  return { ...message, part, passes: 0, tries: 0 };
}

/** The parts that have not ended and that no lane has in hand. */
async function unclaimed({ claims }: SplitContext, run: FileRun) {
  const open = openParts(run).map((part) => ({ part, key: messageKey({ name: run.document.name, part }) }));
  const held = await claims.held(open.map(({ key }) => key));
  return open.filter(({ key }) => !held.has(key)).map(({ part }) => part);
}

/** Puts the file on the queue again, as a copy of its message. */
async function later({ queue, limits }: SplitContext, message: DocumentMessage): Promise<SplitOutcome> {
  await queue.send([{ ...message, tries: 0 }], limits.claimedElsewhereSeconds);
  return { kind: "later" };
}

function deleted(): DocumentError {
  return new DocumentError({
    code: "DocumentNotFound",
    message: "The file was deleted before it was read",
    hint: "If it should be analysed, drop it again.",
  });
}
