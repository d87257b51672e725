import { expect, test } from "vitest";
import { toHostId } from "../src/function-app.ts";

test.each([
  ["tiny", "tiny"],
  ["@Scope/My_App.v2", "scope-my-app-v2"],
  [`${"a".repeat(31)}-b`, "a".repeat(31)],
  ["---", "host"],
  [undefined, "host"],
])("%j becomes %s", (name, expected) => {
  expect(toHostId(name)).toBe(expected);
});
