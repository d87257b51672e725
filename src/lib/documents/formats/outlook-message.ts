import { decompressRTF } from "@kenjiuno/decompressrtf";
import msgReader, { type FieldsData } from "@kenjiuno/msgreader";
import { decodeDocument } from "../decode-document.ts";
import type { Attachment, Extracted, ExtractionLimits, Source } from "./format.ts";
import { textOfHtml } from "./html.ts";
import { isEmptyMessage, type Message, textOfMessage } from "./mail.ts";
import { damaged, emptyFile } from "./refusals.ts";
import { textOfRtf } from "./rtf.ts";

const WHAT = "an Outlook message (.msg)";
/** What Outlook calls a message that was attached, when the property says nothing (MS-OXCMSG 2.2.2.9). */
const UNKNOWN_TYPE = "application/octet-stream";

/** Reads a message that Outlook has stored as a file. */
export async function readOutlookMessage({ bytes, settings, limits }: Source): Promise<Extracted> {
  const { fields, attachments } = parse(bytes);
  const message: Message = {
    subject: fields.subject,
    from: address(fields.senderName, fields.senderSmtpAddress ?? fields.senderEmail),
    to: recipients(fields, "to"),
    cc: recipients(fields, "cc"),
    date: dateOf(fields.clientSubmitTime ?? fields.messageDeliveryTime),
    body: bodyOf(fields, limits),
    attachments,
  };
  if (isEmptyMessage(message)) throw emptyFile(WHAT);
  return { text: textOfMessage(message, limits), ...(settings.attachments ? { attachments } : {}) };
}

function parse(bytes: Uint8Array): { fields: FieldsData; attachments: Attachment[] } {
  const reader = new msgReader.default(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const fields = reader.getFileData();
  if (fields.error !== undefined || fields.dataType !== "msg") throw damaged(WHAT);
  const attachments = (fields.attachments ?? []).map((one): Attachment => {
    const { fileName, content } = reader.getAttachment(one);
    const name = one.innerMsgContent === true && !/\.msg$/i.test(fileName) ? `${fileName}.msg` : fileName;
    return { name, contentType: one.attachMimeTag ?? typeOf(one), bytes: content, isShown: one.attachmentHidden };
  });
  return { fields, attachments };
}

function typeOf({ innerMsgContent }: FieldsData): string {
  return innerMsgContent === true ? "application/vnd.ms-outlook" : UNKNOWN_TYPE;
}

/** In plain text, else as a page, else as the RTF that Outlook packs in a way of its own. */
function bodyOf({ body = "", bodyHtml, html, compressedRtf }: FieldsData, limits: ExtractionLimits): string {
  if (body.trim() !== "") return body;
  if (bodyHtml !== undefined && bodyHtml.trim() !== "") return textOfHtml(bodyHtml, limits);
  if (html !== undefined && html.length > 0) {
    return textOfHtml(decodeDocument(html, { name: "body.html" }).text, limits);
  }
  if (compressedRtf === undefined) return "";
  return textOfRtf(Buffer.from(decompressRTF([...compressedRtf])).toString("latin1"), limits);
}

function recipients({ recipients: all = [] }: FieldsData, type: "to" | "cc"): string | undefined {
  const found = all.filter(({ recipType = "to" }) => recipType === type);
  return found.length === 0
    ? undefined
    : found.map(({ name, smtpAddress, email }) => address(name, smtpAddress ?? email)).join(", ");
}

/** An address of Exchange's own (`/O=…/CN=…`) says nothing to a reader. */
function address(name = "", mail = ""): string {
  const shown = mail.includes("@") ? mail : "";
  if (name === "" || name === shown) return shown || name;
  return shown === "" ? name : `${name} <${shown}>`;
}

function dateOf(time: string | undefined): string | undefined {
  const at = Date.parse(time ?? "");
  return Number.isNaN(at) ? time : new Date(at).toISOString();
}
