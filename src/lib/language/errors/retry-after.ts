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
