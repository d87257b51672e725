import { z } from "zod";
import { recordName } from "../documents/document.ts";
import { createText, deleteBlob, type RecordContainers, replaceText, sameEtag } from "../storage/blobs.ts";
import { documentPart, type ResultFile, type TaskResult } from "./record.ts";
import { compareVersions, readVersion, type StoredRecord, versionMetadata } from "./record-version.ts";

/** Letters, digits, spaces and `_ . -`; it does not end in `json`, which is the record's own. */
const suffix = z.string();

/**
 * A file that belongs to a result and comes and goes with it: a text beside it, `<pipeline>/<document name>.<suffix>`, or
 * a redacted file, of the same name in the container for these.
 */
export const sidecarSchema = z.union([
  z.object({ suffix, text: z.string() }),
  z.object({ suffix, base64: z.string(), contentType: z.string() }),
]);

export type Sidecar = z.output<typeof sidecarSchema>;

/** The document that a result and its sidecars are about. */
export interface SidecarOwner {
  pipeline: string;
  document: { name: string; etag: string; lastModified?: string | undefined };
}

/** Where sidecars are kept, and where the current version of a document is asked for. */
export type SidecarContainers = Omit<RecordContainers, "failed">;

/** What stands before the suffix of one in the other container, in a record's metadata. */
const REDACTED = "redacted:";

/** How a record's metadata names a sidecar, so that it can be removed with the record without reading that. */
export function sidecarKey(sidecar: Sidecar): string {
  return "text" in sidecar ? sidecar.suffix : `${REDACTED}${sidecar.suffix}`;
}

/** Each round is caused by another publisher of the same document. */
const MAX_ROUNDS = 50;

/**
 * Stores the sidecars of a result before the result itself, so that none ever names a file that is not there. One of a
 * newer version is left alone: its own result supersedes ours.
 * @param options.again one of the same version is written anew as well
 */
export async function placeSidecars(
  containers: SidecarContainers,
  owner: SidecarOwner,
  sidecars: readonly Sidecar[],
  options: { again: boolean },
): Promise<void> {
  for (const sidecar of sidecars) {
    let isPlaced = false;
    for (let round = 0; round < MAX_ROUNDS && !isPlaced; round++) {
      isPlaced = await place(containers, owner, sidecar, options);
    }
    if (!isPlaced)
      throw new Error(
        `${sidecarName(containers, owner, sidecarKey(sidecar))} kept changing while it was written; it is safe to try again`,
      );
  }
}

async function place(
  containers: SidecarContainers,
  owner: SidecarOwner,
  sidecar: Sidecar,
  { again }: { again: boolean },
): Promise<boolean> {
  const { document } = owner;
  const { container, name } = placeOf(containers, owner, sidecarKey(sidecar));
  const { body, contentType } = contentOf(sidecar);
  const options = { metadata: versionMetadata(document), contentType };
  if ((await createText(container, name, body, options)) !== undefined) return true;
  const there = await readVersion(container, name);
  if (there === undefined) return false;
  const { etag, lastModified } = document;
  const order =
    there.version === undefined
      ? "older"
      : await compareVersions(containers.input, document.name, there.version, { etag, lastModified });
  if (order === "newer" || order === "unknown" || (order === "same" && !again)) return true;
  return (await replaceText(container, name, body, { etag: there.blobEtag, ...options })) !== undefined;
}

/**
 * Removes sidecars of one version of a document, before the result that names them goes: a crash in between leaves a
 * result that is removed again, and never a file that nobody knows of. Those of another version are left alone.
 * @param keys as the record's metadata names them
 */
export async function removeSidecars(
  containers: SidecarContainers,
  owner: SidecarOwner,
  { version, keys }: { version: StoredRecord["version"]; keys: readonly string[] },
): Promise<void> {
  for (const key of keys) {
    const { container, name } = placeOf(containers, owner, key);
    const there = await readVersion(container, name);
    if (there === undefined || !sameEtag(there.version?.etag, version?.etag)) continue;
    await deleteBlob(container, name, there.blobEtag);
  }
}

/** The name of a sidecar in a record: its container and blob. */
export function sidecarName(containers: SidecarContainers, owner: SidecarOwner, key: string): string {
  const { container, name } = placeOf(containers, owner, key);
  return `${container.containerName}/${name}`;
}

function placeOf(containers: SidecarContainers, { pipeline, document }: SidecarOwner, key: string) {
  const isRedacted = key.startsWith(REDACTED);
  const container = isRedacted ? containers.redacted : containers.results;
  return { container, name: recordName(pipeline, document.name, isRedacted ? key.slice(REDACTED.length) : key) };
}

function contentOf(sidecar: Sidecar): { body: string | Buffer; contentType: string } {
  if ("text" in sidecar) return { body: sidecar.text, contentType: "text/plain; charset=utf-8" };
  return { body: Buffer.from(sidecar.base64, "base64"), contentType: sidecar.contentType };
}

/** The text that a document was analysed as, and where its pages or paragraphs begin in it. */
interface AnalysedText {
  text: string;
  pages?: number[] | undefined;
  paragraphs?: number[] | undefined;
}

/** What the text file beside a result ends in, after the document's own name. */
const SUFFIX = "txt";

/**
 * The analysed text of a document that is not plain text, as a file beside its result, named in the record: the offsets in
 * the record count in it.
 * @param container of the results, for the name in the record
 */
export function withAnalysedText(record: ResultFile, analysed: AnalysedText, container: string): ResultWithCopies {
  const { text, pages, paragraphs } = analysed;
  const textFile = `${container}/${recordName(record.pipeline, record.document.name, SUFFIX)}`;
  const document = documentPart({ ...record.document, textFile, pages, paragraphs });
  return { record: { ...record, document }, sidecars: [{ suffix: SUFFIX, text }] };
}

/** A result and the files that stand beside it. */
export interface ResultWithCopies {
  record: ResultFile;
  sidecars: readonly Sidecar[];
}

/**
 * The redacted texts of a result as files of their own, `….redacted.txt`, named in the tasks that made them. Where
 * several tasks redact, each file has its task's name: the texts differ. A task that failed has no copy.
 * @param container of the results, for the name in the record
 */
export function redactedCopies(record: ResultFile, container: string): ResultWithCopies {
  const redacted = record.tasks.flatMap((task) => {
    const text = redactedText(task);
    return text === undefined ? [] : [{ task: task.name, text }];
  });
  const redacting = record.tasks.filter(({ kind }) => kind === "PiiEntityRecognition");
  const suffixOf = (task: string): string => (redacting.length > 1 ? `${task}.redacted.txt` : "redacted.txt");
  const tasks = record.tasks.map((task) => {
    if (redactedText(task) === undefined) return task;
    const name = recordName(record.pipeline, record.document.name, suffixOf(task.name));
    return { ...task, redactedCopy: `${container}/${name}` };
  });
  const sidecars = redacted.map(({ task, text }) => ({ suffix: suffixOf(task), text }));
  return { record: { ...record, tasks }, sidecars };
}

function redactedText({ kind, redactedText: text }: TaskResult): string | undefined {
  return kind === "PiiEntityRecognition" && typeof text === "string" ? text : undefined;
}
