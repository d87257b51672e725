import type { PipelineResponse } from "@azure/core-rest-pipeline";

/** An answer of the service, whatever its status. */
export interface Answer {
  status: number;
  headers: HeaderReader;
  /** Parsed JSON; undefined when there is none that can be read. */
  body?: unknown;
  /** Why the body is not there, where that is not plain. */
  fault?: string | undefined;
  /** Length of the body. */
  bytes: number;
  /** `apim-request-id`, or the id we gave the request. */
  requestId: string;
  /** Requests that this call cost. */
  attempts: number;
}

/**
 * How large the answer about one job may be, all pages together: several times what the service says of 125,000 characters
 * in five tasks, and little enough to be held in memory by a few lanes at once.
 */
export const ANSWER_BYTES = 64 * 1024 * 1024;

/** How deep an answer may be nested; the deepest parts of the service's own (FHIR bundles) are about 20 levels. */
const DEEPEST = 200;

/** A job has at most 25 documents, and each page tells of one or more; lists of authoring hold at most 500 entries. */
export const MOST_PAGES = 100;

type Body = Pick<Answer, "body" | "fault" | "bytes">;

/**
 * Reads the body of an answer as JSON, as far as it is worth: whoever is at the other end costs neither more memory than
 * is stated, nor, by absurd depths, the process its stack.
 * @param signal ends the reading: the SDK stops its clock when the headers are there
 */
export async function readBody(response: PipelineResponse, maxBytes: number, signal: AbortSignal): Promise<Body> {
  const { bodyAsText, readableStreamBody: stream } = response;
  if (stream === undefined) return parse(Buffer.from(bodyAsText ?? ""));
  const giveUp = () => "destroy" in stream && typeof stream.destroy === "function" && stream.destroy(signal.reason);
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    signal.throwIfAborted();
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of stream) {
      bytes += chunk.length;
      if (bytes > maxBytes) return { bytes, fault: `the answer is larger than ${maxBytes} bytes` };
      chunks.push(Buffer.from(chunk));
    }
    return parse(Buffer.concat(chunks));
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}

function parse(body: Buffer): Body {
  const bytes = body.length;
  if (isTooDeep(body)) return { bytes, fault: `the answer is nested more than ${DEEPEST} levels deep` };
  try {
    return { bytes, body: JSON.parse(body.toString("utf8")) };
  } catch {
    return { bytes, body: undefined };
  }
}

const [QUOTE, BACKSLASH] = Buffer.from('"\\');
const OPENING: ReadonlySet<number | undefined> = new Set(Buffer.from("[{"));
const CLOSING: ReadonlySet<number | undefined> = new Set(Buffer.from("]}"));

/** Counts brackets outside of texts. */
function isTooDeep(json: Buffer): boolean {
  let depth = 0;
  let isText = false;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at];
    if (byte === QUOTE) isText = !isText;
    else if (isText) at += byte === BACKSLASH ? 1 : 0;
    else if (OPENING.has(byte) && ++depth > DEEPEST) return true;
    else if (CLOSING.has(byte)) depth--;
  }
  return false;
}

/**
 * An address that the service gave, as it may be asked for: one that leads to another host is replaced by `own`, since
 * the credential goes nowhere else; what `own` asks for and the given address does not speak of is asked for too.
 */
export function ownAddress(given: string, own: URL): URL {
  const url = URL.canParse(given, own.href) ? new URL(given, own) : own;
  const target = new URL(url.origin === own.origin ? url.href : own.href);
  for (const [name, value] of url.searchParams) target.searchParams.set(name, value);
  for (const [name, value] of own.searchParams) {
    if (!target.searchParams.has(name)) target.searchParams.set(name, value);
  }
  return target;
}

/**
 * All pages of an answer, the first included, each asked for by the address in the one before; not in circles.
 * @param read gets one page; it is told when there were as many as `MOST_PAGES` already, and must throw then
 */
export async function followPages<Page extends { nextLink?: string | null | undefined }>(
  first: Page,
  read: (nextLink: string, isTooMany: boolean) => Promise<Page>,
): Promise<[Page, ...Page[]]> {
  const pages: [Page, ...Page[]] = [first];
  const seen = new Set<string>();
  for (let next = first.nextLink; next && !seen.has(next); next = pages.at(-1)?.nextLink) {
    seen.add(next);
    pages.push(await read(next, pages.length >= MOST_PAGES));
  }
  return pages;
}

/** Headers as the SDK's pipeline gives them: names in any case. */
export interface HeaderReader {
  get(name: string): string | undefined;
}

/** In milliseconds; they are finer than `Retry-After` and win over it, as in the Azure SDKs. */
const MILLISECOND_HEADERS = ["retry-after-ms", "x-ms-retry-after-ms"];

/**
 * How long the service asks us to wait: `retry-after-ms`, `x-ms-retry-after-ms`, or `Retry-After` in seconds or as a date.
 * Undefined when it does not say, or not in a way that can be understood.
 * @param now milliseconds since 1970
 */
export function retryAfterSeconds(headers: HeaderReader, now: number): number | undefined {
  for (const name of MILLISECOND_HEADERS) {
    const milliseconds = wholeNumber(headers.get(name));
    if (milliseconds !== undefined) return milliseconds / 1000;
  }
  const text = headers.get("retry-after");
  const seconds = wholeNumber(text);
  if (seconds !== undefined || text === undefined) return seconds;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000));
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*\d+\s*$/.test(text) ? Number(text) : undefined;
}
