import type { ContainerClient } from "@azure/storage-blob";
import { z } from "zod";
import type { Chunk } from "../../documents/cut-document.ts";
import { DocumentError, type DocumentInfo } from "../../documents/document.ts";
import type { ReadOutcome } from "../../documents/read-document.ts";
import type { DocumentAnswer, JobDocument } from "../../language/analysis.ts";
import { fileAnswerSchema } from "../../language/jobs/document-answer.ts";
import type { ChunkOutcome } from "../../results/merge/parts.ts";
import { type Sidecar, sidecarKey, sidecarName } from "../../results/sidecar.ts";
import { type Containers, isFolderMarker, readBytes, readFacts, sameEtag, writeText } from "../../storage/blobs.ts";
import type { LaneContext } from "../lane-context.ts";
import type { LaneSession } from "../lane-session.ts";
import { workNames } from "../store/names.ts";

/**
 * Pipelines whose documents the service reads itself, by their addresses: nothing of a document passes through the app, but
 * what the service found in it. Its files are written below the batch, and go with it; what is kept of them is the record
 * and the redacted copy.
 */

/** File types that the service reads: https://learn.microsoft.com/azure/ai-services/language-service/native-document-support/overview */
const TYPES: Readonly<Record<string, string>> = {
  txt: "text/plain; charset=utf-8",
  pdf: "application/pdf",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
};

/** Of one request of the service, and so of one document. */
const MOST_BYTES = 10_000_000;

/**
 * Looks at a document that the service will read, in place of reading it: its bytes stay where they are.
 * @param knownEtag the version that need not be sent again
 */
export async function inspectNative(
  input: ContainerClient,
  name: string,
  knownEtag: string | undefined,
): Promise<ReadOutcome> {
  const facts = await readFacts(input, name);
  if (facts === undefined) return { kind: "missing" };
  if (sameEtag(facts.etag, knownEtag)) return { kind: "unchanged" };
  if (isFolderMarker(name, facts)) return { kind: "folder" };
  const { etag, lastModified, contentType, bytes } = facts;
  const info = { container: input.containerName, name, etag, lastModified, contentType, bytes };
  const error = refusal(name, bytes);
  return error === undefined ? { kind: "read", info, bytes: NOTHING } : { kind: "refused", info, error };
}

const NOTHING = Buffer.alloc(0);

/** A native document takes the place of one text, and its bytes stand for the length of the text, which nobody here knows. */
export function nativeCuts({ bytes = 0 }: DocumentInfo): Chunk[] {
  return [{ offset: 0, length: 0, textElements: bytes, bodyBytes: bytes }];
}

function refusal(name: string, bytes: number): DocumentError | undefined {
  if (typeOf(name) === undefined) {
    return new DocumentError({
      code: "UnsupportedFormat",
      message: "The service reads .txt, .pdf and .docx itself, told by the end of the name, and no other files",
      hint: "Let a pipeline on another apiVersion take this document, or drop it in one of these formats.",
    });
  }
  if (bytes > 0 && bytes <= MOST_BYTES) return undefined;
  if (bytes === 0)
    return new DocumentError({ code: "EmptyDocument", message: "The document is empty", hint: "Drop it again." });
  return new DocumentError({
    code: "DocumentTooLarge",
    message: `The document has ${bytes} bytes; the service reads at most ${MOST_BYTES} itself`,
    hint: "Split the document, then drop its parts.",
  });
}

function typeOf(name: string): string | undefined {
  return Object.keys(TYPES).find((type) => name.toLowerCase().endsWith(`.${type}`));
}

/** The documents of a job by their addresses, each with the folder that the service writes to. */
export function byAddress(session: LaneSession, job: string, documents: readonly JobDocument[]): JobDocument[] {
  const { batch, context } = session;
  return documents.map((document) => {
    const name = batch.documents[Number.parseInt(document.id, 10)]?.info.name ?? "";
    const source = plainUrl(context.containers.input.getBlobClient(name).url);
    return { ...document, native: { source, target: outputFolder(session, job) } };
  });
}

/** A harmless document for a service that refuses others: written into the batch, since a canary has an address too. */
export async function nativeCanary(session: LaneSession, canary: JobDocument): Promise<JobDocument> {
  const { work } = session.context.containers;
  const name = `${workNames.native(session.batch.id)}canary.txt`;
  await writeText(work, name, canary.text, { contentType: "text/plain; charset=utf-8" });
  const source = plainUrl(work.getBlobClient(name).url);
  return { ...canary, native: { source, target: outputFolder(session, canary.id) } };
}

function outputFolder({ batch, context }: LaneSession, job: string): string {
  return plainUrl(context.containers.work.getBlobClient(`${workNames.native(batch.id)}${job}`).url);
}

/** Without a SAS: the service comes with an identity of its own. */
function plainUrl(address: string): string {
  const url = new URL(address);
  url.search = "";
  return url.href;
}

/**
 * Puts what the service wrote in files into the answers that name these files, unless it may have read another version.
 * @returns the redacted copies
 */
export async function readNativeFiles(
  session: LaneSession,
  document: DocumentInfo,
  chunks: { answers: readonly ChunkOutcome[] }[],
): Promise<Sidecar[]> {
  const { name: pipeline, tasks } = session.context.pipeline;
  const isSame = await isCurrent(session, document);
  const sidecars: Sidecar[] = [];
  for (const chunk of chunks) {
    const answers: ChunkOutcome[] = [];
    for (const outcome of chunk.answers) {
      const task = { name: outcome.task, isOnly: tasks.length === 1 };
      const read = isSame
        ? await readFindings(session.context, outcome, { pipeline, document, task })
        : { outcome: changed(outcome), sidecars: [] };
      answers.push(read.outcome);
      sidecars.push(...read.sidecars);
    }
    chunk.answers = answers;
  }
  return sidecars;
}

/** The version of a document whose service-side reading is over is still the one that was claimed. */
async function isCurrent({ context }: LaneSession, info: DocumentInfo): Promise<boolean> {
  const facts = await readFacts(context.containers.input, info.name);
  return sameEtag(facts?.etag, info.etag);
}

/** What stands for the answer about a document that changed while the service read it. */
function changed({ task, about, answer }: ChunkOutcome): ChunkOutcome {
  const message =
    "The document was deleted or replaced while the service read it, so nobody knows which version it saw";
  const paid = answer === undefined ? {} : { answer: answer.content };
  return { task, status: "failed", about, error: { code: "DocumentNotFound", message, ...paid } };
}

/** Findings of a document: the specification's entities, whose categories it calls types; the rest as it came. */
const entitySchema = z.looseObject({ text: z.string().optional(), type: z.string().optional() });
const findingsSchema = z.looseObject({ entities: z.array(entitySchema) });

/**
 * Reads what the service wrote about a document. What cannot be read is an error that keeps the names of the files.
 * @param about.task its name is part of the copy's where several tasks redact
 */
async function readFindings(
  { containers }: LaneContext,
  outcome: ChunkOutcome,
  about: { pipeline: string; document: DocumentInfo; task: { name: string; isOnly: boolean } },
): Promise<{ outcome: ChunkOutcome; sidecars: Sidecar[] }> {
  const named = fileAnswerSchema.safeParse(outcome.answer?.content);
  if (outcome.answer === undefined || !named.success) return { outcome, sidecars: [] };
  const { source: _, target, ...rest } = named.data;
  const files = await Promise.all(target.map(({ location }) => readOutput(containers, location)));
  const findings = files.find((file) => file?.name.toLowerCase().endsWith(".json"));
  const read = findingsSchema.safeParse(parse(findings?.content.toString("utf8")));
  if (!read.success || files.includes(undefined)) return { outcome: unreadable(outcome, target), sidecars: [] };
  const sidecars = files.flatMap((file) => {
    const type = typeOf(file?.name ?? "");
    if (file === undefined || type === undefined) return [];
    const suffix = about.task.isOnly ? `redacted.${type}` : `${about.task.name}.redacted.${type}`;
    return [{ suffix, base64: file.content.toString("base64"), contentType: TYPES[type] ?? "" }];
  });
  const [copy] = sidecars;
  const answer: DocumentAnswer = {
    ...outcome.answer,
    content: {
      ...rest,
      ...withoutOurs(read.data),
      entities: read.data.entities.map((entity) => ({ ...entity, category: entity.category ?? entity.type })),
      ...(copy && { redactedCopy: sidecarName(containers, about, sidecarKey(copy)) }),
    },
  };
  return { outcome: { ...outcome, answer }, sidecars };
}

function withoutOurs({ id: _, warnings: __, ...findings }: Record<string, unknown>): Record<string, unknown> {
  return findings;
}

/** A file that the service wrote; undefined for an address that is none of ours, or where there is none. */
async function readOutput(
  { work }: Containers,
  location: string,
): Promise<{ name: string; content: Buffer } | undefined> {
  const folder = `${plainUrl(work.url)}/`;
  const address = plainUrl(location);
  if (!address.startsWith(folder)) return undefined;
  const name = decodeURIComponent(address.slice(folder.length));
  const content = await readBytes(work, name);
  return content && { name, content };
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}

function unreadable({ task, about, answer }: ChunkOutcome, files: readonly { location: string }[]): ChunkOutcome {
  const names = files.map(({ location }) => new URL(location).pathname.split("/").at(-1)).join(", ");
  const message = `What the service wrote about this document cannot be found or read (${names})`;
  return { task, status: "failed", about, error: { code: "UnreadableAnswer", message, answer: answer?.content } };
}
