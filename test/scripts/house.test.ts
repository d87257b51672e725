import { join } from "node:path";
import { expect, it } from "vitest";
import { measureHouse } from "../../scripts/house.ts";

it("src has no import cycle, no file over 320 lines, and no way of more than 12 files from a lane to its end", () => {
  const house = measureHouse(join(import.meta.dirname, "../.."));
  expect(house.cycle).toEqual([]);
  expect(house.longestFile.lines, house.longestFile.path).toBeLessThanOrEqual(320);
  expect(house.longestChain.length, house.longestChain.join("\n")).toBeLessThanOrEqual(12);
  expect(house.medianLines).toBeGreaterThanOrEqual(80);
  expect(house.medianLines).toBeLessThanOrEqual(130);
});
