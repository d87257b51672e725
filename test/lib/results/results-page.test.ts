import { readFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { TASK_KINDS } from "../../../src/lib/language/analysis.ts";
import { failureFileSchema, resultFileSchema } from "../../../src/lib/results/record.ts";

const page = readFileSync(new URL("../../../docs/results.md", import.meta.url), "utf8");
const samples = [...page.matchAll(/```json\n(.*?)```/gs)].map(([, json = ""]) => JSON.parse(json));

describe("docs/results.md", () => {
  it("shows a result and a failure record that the schemas accept as they are", () => {
    expect(samples).toHaveLength(2);
    expect(resultFileSchema.parse(samples[0])).toEqual(samples[0]);
    expect(failureFileSchema.parse(samples[1])).toEqual(samples[1]);
  });

  it("lists the codes of the reader, all of them and no others", async () => {
    const codes = new Set<string>();
    for await (const path of glob("src/lib/{documents,lane}/**/*.ts")) {
      const source = readFileSync(path, "utf8");
      const errors = source.matchAll(/(?:(?:new DocumentError|publishFailure)\(|const POISON = )[^}]*?code: "(\w+)"/g);
      for (const [, code = ""] of errors) codes.add(code);
    }
    const [, table = ""] = /\| code of the reader .*?\n((?:\|.*\n)+)/.exec(page) ?? [];
    const listed = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, code]) => code);
    expect(new Set(listed)).toEqual(codes);
  });

  it.each(TASK_KINDS)("says what %s answers", (kind) => {
    expect(page).toContain(`\`${kind}\``);
  });
});
