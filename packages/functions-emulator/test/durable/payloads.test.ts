import { describe, expect, test } from "vitest";
import { checkPayload, maximumPayloadBytes, notJson, oversized } from "../../src/durable/limits.ts";

class Point {
  readonly x = 1;
}
const circle: { self?: unknown } = {};
circle.self = circle;

describe("notJson", () => {
  test.each([
    [null],
    [0],
    [-1.5],
    ["text"],
    [false],
    [undefined],
    [{ absent: undefined }],
    [[[], {}, [{ deep: [null] }]]],
    [Object.create(null)],
    [[circle.toString(), circle.toString()]],
  ])("has nothing to say about %j", (value) => {
    expect(notJson(value)).toBeUndefined();
  });

  test.each([
    [Number.NaN, "the value is NaN, which arrives as null"],
    [{ a: [Number.POSITIVE_INFINITY] }, "the value.a[0] is Infinity, which arrives as null"],
    [[undefined], "the value[0] is undefined, which arrives as null"],
    [{ when: new Date(0) }, "the value.when is an object of class Date, and arrives without its class"],
    [new Map(), "the value is an object of class Map, and arrives without its class"],
    [{ set: new Set() }, "the value.set is an object of class Set, and arrives without its class"],
    [Buffer.from("x"), "the value is an object of class Buffer, and arrives without its class"],
    [new Error("x"), "the value is an object of class Error, and arrives without its class"],
    [{ point: new Point() }, "the value.point is an object of class Point, and arrives without its class"],
    [() => 1, "the value is a function, which JSON drops"],
    [{ s: Symbol("x") }, "the value.s is a symbol, which JSON drops"],
    [[1n], "the value[0] is a BigInt, which JSON refuses"],
    [circle, "the value.self contains itself, which JSON refuses"],
  ])("case %#", (value, expected) => {
    expect(notJson(value)).toBe(expected);
  });

  test("the same object in two places is fine", () => {
    const shared = { a: 1 };
    expect(notJson([shared, shared, { shared }])).toBeUndefined();
  });
});

describe("oversized", () => {
  test.each([
    ["up to the limit", "x".repeat(maximumPayloadBytes), undefined],
    ["one byte over it", "x".repeat(maximumPayloadBytes + 1), "It has 46081 bytes"],
    ["bytes count, not characters", "é".repeat(maximumPayloadBytes / 2 + 1), "It has 46082 bytes"],
    ["three bytes a character", "€".repeat(maximumPayloadBytes / 3), undefined],
  ])("%s", (_, text, expected) => {
    const found = oversized("It", text);
    if (expected === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(expected);
  });
});

describe("checkPayload", () => {
  test("returns the text of what is fine, and nothing for no value", () => {
    const report = () => expect.unreachable();
    expect(checkPayload("It", { a: 1 }, report)).toBe('{"a":1}');
    expect(checkPayload("It", undefined, report)).toBeUndefined();
  });

  test("reports each kind of problem once, and returns the text all the same", () => {
    const codes: string[] = [];
    const text = checkPayload("It", ["x".repeat(50_000), Number.NaN], ({ code }) => codes.push(code));
    expect(codes).toEqual(["not-json", "oversized-payload"]);
    expect(text).toHaveLength(50_009);
  });

  test("returns an error for what cannot be written", () => {
    const found = checkPayload("It", circle, () => expect.unreachable());
    expect(found).toEqual(new Error("It.self contains itself, which JSON refuses: it cannot be written as JSON."));
  });
});
