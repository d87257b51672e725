import { beforeAll, describe, expect, it } from "vitest";
import { type LanesOptions, type LanesRun, runLanes } from "../../../bench/virtual/run-lanes.ts";
import { VirtualTime } from "../../../bench/virtual/virtual-time.ts";
import { classifyAnswer } from "../../../src/lib/language/errors/classify.ts";
import { classifyNetworkError } from "../../../src/lib/language/errors/classify-network-error.ts";
import type { LanguageError } from "../../../src/lib/language/errors/language-error.ts";

type Operation = "submit" | "poll";

/** Out of order in the second minute. */
const FROM = 1;
const TO = 2;
/** Jobs a minute that each resource takes, with a call to send and one to poll each. */
const TAKES = 20;

function during(minutesOf: (now: number) => number, error: (operation: Operation) => LanguageError | undefined) {
  return (operation: Operation, now: number) =>
    minutesOf(now) >= FROM && minutesOf(now) < TO ? error(operation) : undefined;
}

async function run(
  error: (operation: Operation) => LanguageError | undefined,
  changes: Partial<LanesOptions> = {},
): Promise<LanesRun> {
  const time = new VirtualTime();
  const begun = time.now();
  return runLanes(time, {
    documents: 3_000,
    jobSeconds: 10,
    limit: TAKES * 2,
    resources: 2,
    firstRefuses: during((now) => (now - begun) / 60_000, error),
    ...changes,
  });
}

function answered(status: number, message: string, headers: Record<string, string> = {}): LanguageError {
  const body = { error: { code: String(status), message } };
  return classifyAnswer({ status, headers: new Headers(headers), body } as never, {
    purpose: "submit",
    words: "to take the job",
  });
}

/** Jobs taken between two times, minutes. */
function between(times: readonly number[] = [], from: number, to: number): number {
  return times.filter((at) => at >= from && at < to).length;
}

const QUOTA = "Out of call volume quota for TextAnalytics F0 pricing tier. Please retry after 17 days.";

describe("a resource of two that for a minute", { timeout: 120_000 }, () => {
  let healthy: LanesRun;
  beforeAll(async () => {
    healthy = await run(() => undefined);
  });

  it.each([
    ["is out of quota", () => answered(403, QUOTA)],
    ["refuses its key", () => answered(401, "Access denied due to invalid subscription key.")],
    [
      "refuses every job because of too many",
      (one: Operation) => (one === "submit" ? answered(429, "Too many requests", { "retry-after": "20" }) : undefined),
    ],
    [
      "cannot be reached",
      () => classifyNetworkError(Object.assign(new Error("x"), { code: "ENOTFOUND" }), "http://service0.test", 60),
    ],
  ])("%s gives its share to the others, each job stays where it is, and it has its share again", async (_, error) => {
    const seen = await run(error);
    const [first, other] = seen.takenAt;
    // A job asked about elsewhere does not exist, and a job sent twice would be one too many.
    expect(seen.jobs).toBe(120);
    expect(seen.ends).toHaveLength(3_000);
    expect(between(first, FROM, TO)).toBe(0);
    expect(between(other, FROM, TO)).toBeGreaterThanOrEqual(0.8 * between(healthy.takenAt[1], FROM, TO));
    expect(between(first, TO, seen.minutes)).toBeGreaterThanOrEqual(10);
  });
});
