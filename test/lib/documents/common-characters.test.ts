import { expect, it } from "vitest";
import { isCommon } from "../../../src/lib/documents/strangeness.ts";

it("knows the characters of daily Chinese, Japanese and Korean", () => {
  expect(Array.from("退款登录退货這個訂單検査込한국어").filter((character) => !isCommon(character))).toEqual([]);
});

it("knows a third of the Han characters and the 2,350 syllables of the Korean standard", () => {
  const among = (first: number, last: number) =>
    Array.from({ length: last - first + 1 }, (_, index) => String.fromCharCode(first + index)).filter(isCommon).length;
  expect(among(0x4e00, 0x9fff)).toBe(7174);
  expect(among(0xac00, 0xd7a3)).toBe(2350);
});
