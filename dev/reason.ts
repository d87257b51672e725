import { getSystemErrorMessage } from "node:util";

/**
 * Why something failed, in one line: for an error of the operating system what it says of it without the call and the
 * path ("permission denied"), else the first line of the message.
 */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { errno, message } = error as NodeJS.ErrnoException;
  return typeof errno === "number" ? getSystemErrorMessage(errno) : (message.split("\n", 1)[0] ?? "");
}
