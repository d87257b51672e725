import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { followPages, ownAddress, retryAfterSeconds } from "../../../src/lib/language/answer.ts";

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

describe("an address that the service gave", () => {
  const own = new URL("https://mine.cognitiveservices.azure.com/language/analyze-text/jobs/j?api-version=1&top=25");

  it("leads to no other host, whatever it is", () => {
    const words = fc.oneof(
      fc.webUrl({ withQueryParameters: true }),
      fc.string(),
      fc.constantFrom("//evil.example/x", "javascript:0"),
    );
    fc.assert(fc.property(words, (given) => ownAddress(given, own).origin === own.origin));
  });

  it("keeps what it asks for, and what the request would ask for besides", () => {
    expect(ownAddress("https://evil.example/x?top=5&skip=20", own).href).toBe(
      `${own.origin}${own.pathname}?api-version=1&top=5&skip=20`,
    );
    expect(ownAddress("?skip=20", own).href).toBe(`${own.origin}${own.pathname}?skip=20&api-version=1&top=25`);
  });
});

describe("the pages of an answer", () => {
  const pages = (next: (page: number) => string | undefined) => {
    const asked: boolean[] = [];
    const all = followPages({ at: 0, nextLink: next(0) }, async (link, isTooMany) => {
      asked.push(isTooMany);
      if (isTooMany) throw new RangeError("too many");
      return { at: Number(link), nextLink: next(Number(link)) };
    });
    return { all, asked };
  };

  it("are all asked for, in their order", async () => {
    expect((await pages((at) => (at < 3 ? String(at + 1) : undefined)).all).map(({ at }) => at)).toEqual([0, 1, 2, 3]);
  });

  it("are asked for once where they lead in a circle", async () => {
    expect((await pages((at) => String((at + 1) % 3)).all).map(({ at }) => at)).toEqual([0, 1, 2, 0]);
  });

  it("are not asked for without end", async () => {
    const { all, asked } = pages((at) => String(at + 1));
    await expect(all).rejects.toThrow(RangeError);
    expect(asked).toHaveLength(100);
  });
});
