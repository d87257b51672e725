import { createHash } from "node:crypto";
import type { ContainerClient } from "@azure/storage-blob";
import { createText, readFacts, replaceText } from "../storage/blobs.ts";
import type { Attachment } from "./formats/format.ts";

/** What stands between a message's name and those of its attachments. */
const FOLDER = ".attachments/";
/** An attachment may be a message with attachments, and so on: those that lie deeper are listed only. */
const MOST_LEVELS = 5;
/** Characters of a blob's name, and of the part of it that the sender chose. */
const LONGEST_NAME = 1024;
const LONGEST_FILE_NAME = 120;
/** Each round is caused by somebody else who writes the same blob. */
const MAX_ROUNDS = 10;

/** What no file name has on some system, and what a path is made of. */
const NO_FILE_NAME = /[/\\:*?"<>|\p{Cc}\p{Cs}\ufffe\uffff]/gu;

/**
 * Puts what was attached to a message beside it, where it is a document like any other. Can be repeated: what is there
 * already with the same content keeps its version, and is not analysed again. Pictures that a message shows in its text are
 * left out, as is an attachment without content.
 * @param message blob name of the message
 */
export async function storeAttachments(
  input: ContainerClient,
  message: string,
  attachments: readonly Attachment[],
): Promise<void> {
  if (message.split(FOLDER).length > MOST_LEVELS) return;
  for (const [index, attachment] of attachments.entries()) {
    if (attachment.isShown || attachment.bytes.length === 0) continue;
    await place(input, attachmentName(message, index, attachment.name), attachment);
  }
}

/** The name of an attachment's own document: `<message>.attachments/<number>-<file name>`. */
export function attachmentName(message: string, index: number, fileName: string): string {
  const safe = fileName.replace(NO_FILE_NAME, "_").replace(/^[. ]+|[. ]+$/g, "");
  // The end tells what it is.
  const short = safe.slice(-LONGEST_FILE_NAME).toWellFormed().replaceAll("\ufffd", "_");
  const rest = `${FOLDER}${index + 1}-${short === "" ? "attachment" : short}`;
  if (message.length + rest.length <= LONGEST_NAME) return message + rest;
  const hash = createHash("sha256").update(message).digest("hex");
  const beginning = message.slice(0, LONGEST_NAME - rest.length - hash.length - 1).replace(/[\ud800-\udbff]$/, "");
  return `${beginning}~${hash}${rest}`;
}

async function place(input: ContainerClient, name: string, { bytes, contentType }: Attachment): Promise<void> {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sha256 = createHash("sha256").update(content).digest("hex");
  const options = { contentType, metadata: { sha256 } };
  for (let round = 0; round < MAX_ROUNDS; round++) {
    if ((await createText(input, name, content, options)) !== undefined) return;
    const there = await readFacts(input, name);
    if (there === undefined) continue;
    if (there.metadata.sha256 === sha256) return;
    if ((await replaceText(input, name, content, { ...options, etag: there.etag })) !== undefined) return;
  }
  throw new Error(`The attachment ${name} kept changing while it was written; it is safe to try again`);
}
