import { expect, test } from "vitest";
import { toBytes, toOffsetTime, toText, toTypedData } from "../src/typed-data.ts";

test.each([
  ["2024", { string: "2024" }],
  [5, { json: "5" }],
  [{ a: 1 }, { json: '{"a":1}' }],
  [undefined, {}],
  [null, {}],
])("%j goes to the library as %j", (value, expected) => {
  expect(toTypedData(value)).toEqual(expected);
});

test("bytes stay bytes", () => {
  expect(toTypedData(Buffer.from("x"))).toEqual({ bytes: Buffer.from("x") });
});

test.each([
  [{ string: "a" }, "a"],
  [{ json: "[1]" }, "[1]"],
  [{ bytes: Buffer.from("é") }, "é"],
  [{ int: 0 }, "0"],
  [{ double: 1.5 }, "1.5"],
  [{}, undefined],
])("%j is written as %j", (data, expected) => {
  expect(toText(data)).toBe(expected);
  expect(toBytes(data)?.toString()).toBe(expected);
});

test("times look like those of .NET", () => {
  expect(toOffsetTime(new Date(0))).toBe("1970-01-01T00:00:00.000+00:00");
  expect(toOffsetTime(undefined)).toBe("0001-01-01T00:00:00+00:00");
});
