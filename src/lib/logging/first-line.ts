/** What an error says in its first line: below it, SDK errors put dumps of requests and identity errors reports. */
export function firstLine(error: unknown): string {
  return error instanceof Error ? (error.message.split("\n", 1)[0] ?? "") : String(error);
}
