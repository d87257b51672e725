import { describe, expect, it } from "vitest";
import { retryAfterSeconds } from "../../../src/lib/language/answer.ts";

const NOW = Date.parse("2025-03-01T12:00:00Z");

describe("retryAfterSeconds", () => {
  it.each<[Record<string, string>, number | undefined]>([
    [{}, undefined],
    [{ "retry-after": "0" }, 0],
    [{ "retry-after": " 12 " }, 12],
    [{ "retry-after": "Sat, 01 Mar 2025 12:01:00 GMT" }, 60],
    [{ "retry-after": "Sat, 01 Mar 2025 11:00:00 GMT" }, 0],
    [{ "retry-after": "soon" }, undefined],
    [{ "retry-after": "-5" }, 0],
    [{ "retry-after-ms": "250" }, 0.25],
    [{ "x-ms-retry-after-ms": "4000" }, 4],
    [{ "retry-after-ms": "250", "x-ms-retry-after-ms": "4000", "retry-after": "9" }, 0.25],
    [{ "retry-after-ms": "soon", "retry-after": "9" }, 9],
  ])("%j: %s", (headers, seconds) => {
    expect(retryAfterSeconds({ get: (name) => headers[name] }, NOW)).toBe(seconds);
  });
});
