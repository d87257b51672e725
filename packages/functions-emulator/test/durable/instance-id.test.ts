import { expect, test } from "vitest";
import { entityInstanceId, parseEntityInstanceId, refusedInstanceId } from "../../src/durable/limits.ts";

test.each([["lane-tickets-0"], ["with space"], ["a@b"], ["100%"], ["ü:é"], ["x".repeat(256)]])("%j is fine", (id) => {
  expect(refusedInstanceId(id)).toBeUndefined();
});

test.each([
  ["", "empty"],
  ["@a@b", "start with @"],
  ["a/b", "must not contain"],
  ["a\\b", "must not contain"],
  ["a#b", "must not contain"],
  ["a?b", "must not contain"],
  ["a\nb", "must not contain"],
  ["a\u0085b", "must not contain"],
  ["x".repeat(257), "257 characters"],
])("%j is refused", (id, reason) => {
  expect(refusedInstanceId(id)).toContain(reason);
});

test("an entity's id holds its name in lower case and its key as it is", () => {
  expect(entityInstanceId("MyCounter", "Key@1")).toBe("@mycounter@Key@1");
  expect(parseEntityInstanceId("@mycounter@Key@1")).toEqual({ name: "mycounter", key: "Key@1" });
});
