import pMap, { pMapIterable } from "p-map";
import { oneAtATime } from "../../common/one-at-a-time.ts";
import { type Chunk, cutDocument } from "../../documents/cut-document.ts";
import { DocumentError, type DocumentInfo, recordName } from "../../documents/document.ts";
import type { DocumentText } from "../../documents/formats/extract-text.ts";
import { readDocument } from "../../documents/read-document.ts";
import { storeAttachments } from "../../documents/store-attachments.ts";
import { isNative } from "../../language/api-versions.ts";
import { chunkLimits } from "../../language/limits.ts";
import { removeUnmatched } from "../../queueing/unmatched-records.ts";
import { type FailureFile, failureFileSchema } from "../../results/record.ts";
import { type FoundRecord, findRecords } from "../../results/record-version.ts";
import { statedLanguage } from "../../settings/pipeline.ts";
import { readFacts, readText, sameEtag } from "../../storage/blobs.ts";
import type { DocumentMessage } from "../../storage/document-message.ts";
import { listAmong } from "../../storage/list-blobs.ts";
import { parseReadable } from "../../storage/versioned-json.ts";
import type { LaneContext } from "../lane-context.ts";
import type { LaneSession } from "../lane-session.ts";
import { checkCost, MOST_TRIES, POISON, unforeseen } from "../policy/refusals.ts";
import { storeDocumentText, textOf } from "../store/document-texts.ts";
import { keepBefore, type PartialResult, readPartial } from "../store/result-before.ts";
import { BatchBuilder, type PreparedBatch } from "./batch-builder.ts";
import { failPart } from "./finish-parts.ts";
import { inspectNative, nativeCuts } from "./native-documents.ts";
import { publishFailure } from "./publish.ts";

/** Documents read ahead: enough to hide the storage's latency. */
const READ_AHEAD = 8;
/** A larger document is read when its turn comes, alone: so a lane has one such document in memory, whatever is dropped. */
const READ_AHEAD_BYTES = 512 * 1024;

type Prepared =
  | { kind: "ended"; as: FoundRecord["kind"]; name: string }
  /** It stands for a folder, and nobody has to hear of it. */
  | { kind: "folder" }
  | { kind: "large"; document: DocumentMessage }
  | ({ kind: "failed"; info: DocumentInfo; error: DocumentError } & Earlier)
  | ({
      kind: "ready";
      info: DocumentInfo;
      read: DocumentText;
      cuts: readonly Chunk[];
      /** It has no failure record. */
      unfailed: boolean;
      /** A result of this version of which only these tasks are asked. */
      partial?: PartialResult | undefined;
    } & Earlier);

/** What a document's earlier record means for its next. */
interface Earlier {
  /** It gives way to one of the same version. */
  again: boolean;
  /** It is a result of which a task failed. */
  wasPartial: boolean;
}

/** After this, what is left of the batch is for the next: the host ends the step after ten minutes (`host.json`). */
const LONGEST_READING_MS = 240_000;

/**
 * Reads documents one after the other, cuts what is too long, packs the parts into jobs and stores the jobs' texts.
 * A document that cannot be analysed becomes a failure record at once; one that has ended already (a second event for
 * the same version) is passed over. Stops when the batch has its jobs.
 * Another reading of the batch may still be at work, and must not change what this one stores: each stores under its number.
 */
export async function prepareBatch(session: LaneSession, unread: readonly DocumentMessage[]): Promise<PreparedBatch> {
  const { context, batch } = session;
  const builder = new BatchBuilder(session);
  const { outcome } = builder;

  const take = async (prepared: Prepared): Promise<void> => {
    if (prepared.kind === "ended" && prepared.as === "failure") {
      outcome.failed += await endFailed(session, [prepared]);
    }
    if (prepared.kind === "failed") {
      await publishFailure(session, prepared.info, {
        code: prepared.error.code,
        message: prepared.error.message,
        hint: prepared.error.hint,
        candidates: prepared.error.candidates,
        source: "reader",
        attempts: 1,
        failedAt: batch.claimedAt,
        again: prepared.again,
        wasPartial: prepared.wasPartial,
        defer: true,
      });
      outcome.failed++;
    }
    if (prepared.kind !== "ready") return;
    const { info, read, cuts, partial } = prepared;
    const tasks = partial?.failedTasks;
    if (partial !== undefined) await keepBefore(session, info.name, partial.text);
    if (read.attachments !== undefined) {
      await storeAttachments(context.containers.input, info.name, read.attachments);
    }
    const number = builder.outcome.documents.length;
    const text = read.format === undefined ? undefined : await storeDocumentText(session, number, read);
    await builder.add(info, read.text, cuts, {
      ...(text === undefined ? {} : { text }),
      ...(prepared.again ? { again: true } : {}),
      ...(prepared.wasPartial ? { partial: true } : {}),
      ...(tasks && { failedTasks: tasks }),
      ...(prepared.unfailed ? { unfailed: true } : {}),
    });
  };

  const names = unread.map(({ name }) => name);
  await removeUnmatched(context, names);
  const failures = await listAmong(
    context.containers.failed,
    names.map((name) => recordName(context.pipeline.name, name)),
  );
  const prepare = (document: DocumentMessage, laterBytes?: number) =>
    prepareDocument(context, document, { failures, laterBytes });
  const begun = context.now();
  let taken = 0;
  const read = pMapIterable(unread, (document) => prepare(document, READ_AHEAD_BYTES), {
    concurrency: READ_AHEAD,
    backpressure: READ_AHEAD,
  });
  for await (const prepared of read) {
    if (prepared.kind === "large") await oneAtATime(async () => take(await prepare(prepared.document)));
    else await take(prepared);
    taken++;
    // Files that take all the time they may must not take more than the host gives this step.
    if (builder.isFull || context.now() - begun > LONGEST_READING_MS) break;
  }
  await builder.end();
  outcome.left = unread.slice(taken);
  return outcome;
}

async function prepareDocument(
  context: LaneContext,
  document: DocumentMessage,
  { failures, laterBytes }: { failures: ReadonlySet<string> | undefined; laterBytes?: number | undefined },
): Promise<Prepared> {
  const { containers, pipeline, limits } = context;
  const { record, hasFailure } = await findRecords(containers, recordName(pipeline.name, document.name), failures);
  const { again, onlyFailed } = wantedAgain(record, document);
  const earlier = { again, wasPartial: record?.isPartial ?? false };
  const ended = record !== undefined && !again;
  const native = isNative(pipeline.apiVersion);
  const knownEtag = ended ? record.etag : undefined;
  const outcome = native
    ? await inspectNative(containers.input, document.name, knownEtag)
    : await readDocument(containers.input, document.name, {
        knownEtag,
        maxBytes: limits.maxDocumentBytes,
        laterBytes,
      });
  if (record !== undefined && (outcome.kind === "unchanged" || outcome.kind === "missing")) {
    return { kind: "ended", as: record.kind, name: document.name };
  }
  if (outcome.kind === "folder") return { kind: "folder" };
  if (outcome.kind === "large") return { kind: "large", document };
  if (outcome.kind === "refused") return { kind: "failed", info: outcome.info, error: outcome.error, ...earlier };
  if (outcome.kind !== "read") {
    return {
      kind: "failed",
      info: { container: containers.input.containerName, name: document.name, etag: "" },
      error: deleted(),
      ...earlier,
    };
  }
  const language = statedLanguage(pipeline);
  let info: DocumentInfo = {
    ...outcome.info,
    ...(language === undefined ? {} : { language }),
  };
  try {
    if (native) {
      const cuts = nativeCuts(info);
      checkCost(cuts, context);
      return { kind: "ready", info, read: { text: "" }, cuts, unfailed: !hasFailure, ...earlier };
    }
    const read = await textOf(context, outcome.bytes, info);
    const { text, encoding, format, formatClash } = read;
    info = { ...info, encoding, format, formatClash, characters: text.length };
    const cuts = cutDocument(text, chunkLimits(pipeline));
    checkCost(cuts, context);
    const isSame = onlyFailed && sameEtag(record?.etag, info.etag);
    const partial = isSame ? await readPartial(context, info.name) : undefined;
    if (isSame && partial === undefined) return { kind: "ended", as: "result", name: info.name };
    return { kind: "ready", info, read, cuts, unfailed: !hasFailure, partial, ...earlier };
  } catch (error) {
    return { kind: "failed", info, error: error instanceof DocumentError ? error : unforeseen(error), ...earlier };
  }
}

/**
 * Whether the record that stands is to give way. Whoever asks names it: asked twice, or after something else replaced it,
 * there is nothing to do, and nothing to pay.
 */
function wantedAgain(
  found: FoundRecord | undefined,
  { reason, record }: DocumentMessage,
): { again: boolean; onlyFailed: boolean } {
  const isNamed = found !== undefined && record !== undefined && sameEtag(found.blobEtag, record);
  const isFailure = found?.kind === "failure" && reason === "redrive" && (record === undefined || isNamed);
  const onlyFailed = isNamed && found.isPartial && reason === "redrive";
  const isForced = isNamed && reason === "backfill";
  return { again: isFailure || onlyFailed || isForced, onlyFailed };
}

/**
 * What an earlier reading of the batch failed of these documents: they have their records, and are still to be counted.
 * Their ends are told again, since that reading may have died before it told them.
 * @returns how many they are
 */
export async function endFailed(
  { context, batch }: LaneSession,
  documents: readonly Pick<DocumentMessage, "name">[],
): Promise<number> {
  const records = await pMap(documents, ({ name }) => readFailure(context, name), { concurrency: READ_AHEAD });
  const failed = records.flatMap((record) => (record?.failedAt === batch.claimedAt ? [record] : []));
  await pMap(failed, async (record) => context.tellEnd?.(record, "same"), { concurrency: READ_AHEAD });
  return failed.length;
}

/** The failure record of a document, if one stands that can be read. */
async function readFailure({ containers, pipeline }: LaneContext, name: string): Promise<FailureFile | undefined> {
  const blob = await readText(containers.failed, recordName(pipeline.name, name));
  return parseReadable(blob?.text, failureFileSchema);
}

function deleted(): DocumentError {
  return new DocumentError({
    code: "DocumentNotFound",
    message: "The document was deleted before it was read",
    hint: "If it should be analysed, drop it again.",
  });
}

/** Writes the failure record of such a document. */
export async function publishPoison(session: LaneSession, document: DocumentMessage): Promise<void> {
  if (document.part !== undefined) return failPart(session, document, POISON);
  const { input } = session.context.containers;
  const facts = await readFacts(input, document.name);
  const info = {
    container: input.containerName,
    name: document.name,
    etag: facts?.etag ?? "",
    ...(facts === undefined ? {} : { lastModified: facts.lastModified, bytes: facts.bytes }),
  };
  await publishFailure(session, info, {
    ...POISON,
    source: "reader",
    attempts: MOST_TRIES,
    failedAt: session.iso(),
    again: document.reason === "redrive",
  });
}
