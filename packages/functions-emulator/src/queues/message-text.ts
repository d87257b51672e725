/** How message texts travel: base64, unless host.json says `none`. */
export type MessageEncoding = "base64" | "none";

/** The text as a queue holds it. */
export function encodeMessage(text: string, encoding: MessageEncoding): string {
  return encoding === "base64" ? Buffer.from(text).toString("base64") : text;
}

/** The text of a message, or undefined when it is not in the expected encoding. */
export function decodeMessage(text: string, encoding: MessageEncoding): string | undefined {
  if (encoding === "none") return text;
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  return Buffer.from(text, "base64").toString();
}
