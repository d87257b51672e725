import type { Address, Email } from "postal-mime";
import PostalMime from "postal-mime";
import type { Attachment, Extracted, ExtractionLimits, Source } from "./format.ts";
import { textOfHtml } from "./html.ts";
import { damaged, emptyFile, nestedTooDeep } from "./refusals.ts";
import { TextWriter } from "./text-writer.ts";

const WHAT = "a mail message (.eml)";
/** Most levels of MIME parts that the parser goes into by itself. */
const MOST_PARTS = 256;

/** Reads a mail message as it is stored (RFC 5322 and MIME); messages forwarded in it are part of its body. */
export async function readMail({ bytes, settings, limits }: Source): Promise<Extracted> {
  const email = await parse(bytes, limits);
  if (!email.headers.some(({ key }) => HEADERS.has(key))) throw damaged(WHAT, "a file without the header of a message");
  const attachments = email.attachments.map((one, index) => attachmentOf(one, index));
  const message: Message = {
    subject: email.subject,
    from: email.from && shown([email.from]),
    to: email.to && shown(email.to),
    cc: email.cc && shown(email.cc),
    date: email.date,
    body: bodyOf(email, limits),
    attachments,
  };
  if (isEmptyMessage(message)) throw emptyFile(WHAT);
  return { text: textOfMessage(message, limits), ...(settings.attachments ? { attachments } : {}) };
}

/** A message has at least one of these. */
const HEADERS: ReadonlySet<string> = new Set(
  "from to subject date sender received message-id mime-version content-type return-path cc bcc".split(" "),
);

async function parse(bytes: Uint8Array, limits: ExtractionLimits): Promise<Email> {
  try {
    return await PostalMime.parse(bytes, { maxNestingDepth: Math.min(limits.nesting, MOST_PARTS) });
  } catch (error) {
    if (error instanceof Error && /nesting/i.test(error.message)) throw nestedTooDeep(limits);
    throw error instanceof RangeError ? error : damaged(WHAT);
  }
}

/** Senders put the same words into both; those in plain text need no reading. */
function bodyOf({ text, html }: Email, limits: ExtractionLimits): string {
  if (text !== undefined && text.trim() !== "") return text;
  return html === undefined ? "" : textOfHtml(html, limits);
}

function attachmentOf(part: Email["attachments"][number], index: number): Attachment {
  const { filename, mimeType, content, related = false } = part;
  const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : new Uint8Array(content);
  return { name: filename ?? `attachment ${index + 1}`, contentType: mimeType, bytes, isShown: related };
}

function shown(addresses: readonly Address[]): string {
  return addresses
    .map((one) => {
      if (one.group !== undefined) return `${one.name}: ${shown(one.group)}`;
      return one.name === "" || one.name === one.address ? one.address : `${one.name} <${one.address}>`;
    })
    .join(", ");
}

/** What of a message is read. Absent: it has none. */
export interface Message {
  subject?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  cc?: string | undefined;
  /** As it is to stand in the text. */
  date?: string | undefined;
  body: string;
  attachments: readonly Attachment[];
}

/**
 * The text of a message: a line each for subject, sender, recipients and date, the body, and a list of what is attached.
 * The words before the values are those of the message format (RFC 5322), whatever the language of the message.
 */
export function textOfMessage(message: Message, limits: ExtractionLimits): string {
  const writer = new TextWriter(limits);
  const { subject, from, to, cc, date, body, attachments } = message;
  for (const [field, value] of Object.entries({ Subject: subject, From: from, To: to, Cc: cc, Date: date })) {
    if (value === undefined || value.trim() === "") continue;
    writer.line();
    writer.flowing(`${field}: ${value.trim()}`);
  }
  writer.paragraph();
  writer.verbatim(body.replace(/^\s*\n|\s+$/g, ""));
  if (attachments.length > 0) {
    writer.paragraph();
    writer.flowing("Attachments:");
    for (const { name, contentType, bytes } of attachments) {
      writer.line();
      writer.flowing(`- ${name} (${contentType}, ${bytes.length} bytes)`);
    }
  }
  return writer.end();
}

/** True for a message that says nothing. */
export function isEmptyMessage({ subject = "", body, attachments }: Message): boolean {
  return subject.trim() === "" && body.trim() === "" && attachments.length === 0;
}
