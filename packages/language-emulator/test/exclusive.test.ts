import { describe, expect, it } from "vitest";
import { createExclusive } from "../src/exclusive.ts";

describe("things that must not overlap", () => {
  it("are done one after the other, in the order asked, also after one that failed", async () => {
    const exclusive = createExclusive();
    const seen: string[] = [];
    const slowly = (name: string) => async (): Promise<string> => {
      seen.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(`${name} ends`);
      if (name === "bad") throw new Error(name);
      return name;
    };
    const outcomes = await Promise.allSettled([
      exclusive(slowly("first")),
      exclusive(slowly("bad")),
      exclusive(() => "last"),
    ]);
    expect(seen).toEqual(["first begins", "first ends", "bad begins", "bad ends"]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  });
});
