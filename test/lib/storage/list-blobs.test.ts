import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commonBeginning } from "../../../src/lib/storage/list-blobs.ts";

describe("the beginning that names have in common", () => {
  it("is one that all of them have, and the longest", () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string({ unit: "binary" }), { minLength: 1 }), (beginning, ends) => {
        const names = ends.map((end) => beginning + end);
        const common = commonBeginning(names);
        expect(names.every((name) => name.startsWith(common))).toBe(true);
        expect(common.length).toBeGreaterThanOrEqual(beginning.length);
        const longer = (names[0] ?? "").slice(0, common.length + 2);
        expect(longer === common || names.length === 1 || names.some((name) => !name.startsWith(longer))).toBe(true);
      }),
    );
  });

  it("never ends within a character", () => {
    expect(commonBeginning(["a😀", "a😁"])).toBe("a");
  });
});
