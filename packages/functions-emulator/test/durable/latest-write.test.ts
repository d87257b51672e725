import { describe, expect, test } from "vitest";
import { LatestWrite } from "../../src/durable/latest-write.ts";

describe("LatestWrite", () => {
  test("replaces what waits by what comes later", async () => {
    const written: (string | undefined)[] = [];
    const latest = new LatestWrite(async (text) => {
      await Promise.resolve();
      written.push(text);
    });
    const writes = ["a", "b", "c"].map((text) => latest.write(text));
    await writes[0];
    await Promise.all([...writes, latest.write("d"), latest.write(undefined)]);
    await latest.done();
    expect(written).toEqual(["c", undefined]);
  });

  test("a write that failed does not stop the next", async () => {
    let fail = true;
    const latest = new LatestWrite(async () => {
      if (fail) throw new Error("disk full");
    });
    await expect(latest.write("a")).rejects.toThrow("disk full");
    fail = false;
    await expect(latest.write("b")).resolves.toBeUndefined();
  });
});
