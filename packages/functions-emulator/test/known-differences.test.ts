import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { knownDifferences } from "../src/violations.ts";

test("the README lists the differences that the host prints at its start", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const [, section = ""] = /^## How it differs\n([\s\S]*?)\n## /m.exec(readme) ?? [];
  expect(section.split("\n").filter((line) => line.startsWith("- "))).toEqual(
    knownDifferences.map((each) => `- ${each}`),
  );
});
