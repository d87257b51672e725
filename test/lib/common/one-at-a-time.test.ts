import { describe, expect, it } from "vitest";
import { oneAtATime } from "../../../src/lib/common/one-at-a-time.ts";

describe("oneAtATime", () => {
  it("begins a piece of work when the one before is over, however that ended", async () => {
    const seen: string[] = [];
    const work = (name: string, end: () => Promise<void>) => async () => {
      seen.push(`${name} begins`);
      await end();
      seen.push(`${name} ends`);
      return name;
    };
    const { promise, resolve } = Promise.withResolvers<void>();
    const results = [
      oneAtATime(work("one", () => promise)),
      oneAtATime(work("two", () => Promise.reject(new Error("broke")))),
      oneAtATime(work("three", () => Promise.resolve())),
    ];
    await new Promise(setImmediate);
    expect(seen).toEqual(["one begins"]);
    resolve();
    expect(await Promise.allSettled(results)).toMatchObject([
      { value: "one" },
      { reason: new Error("broke") },
      { value: "three" },
    ]);
    expect(seen).toEqual(["one begins", "one ends", "two begins", "three begins", "three ends"]);
  });
});
