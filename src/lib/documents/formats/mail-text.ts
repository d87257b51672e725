import type { Attachment, ExtractionLimits } from "./format.ts";
import { TextWriter } from "./text-writer.ts";

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
