import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { TASK_KINDS } from "../src/lib/language/analysis.ts";
import { RETIREMENTS } from "../src/lib/language/retirements.ts";
import { ROOT } from "./infra/bicep-file.ts";

const readme = readFileSync(join(ROOT, "README.md"), "utf8");
const [, table = ""] = /<!-- retirements -->\n([\s\S]*?)<!-- \/retirements -->/.exec(readme) ?? [];

describe("what Microsoft retires", () => {
  it("stands in README.md as in the table of the app, each with its source", () => {
    const rows = RETIREMENTS.map(({ subject, name, on, source, meaning }) => {
      const shown = subject === "kind" ? `\`${name}\`` : name;
      return `| ${shown} | [${on}](${source}) | ${meaning} |`;
    });
    expect(table).toBe(["| what | ends | what it means |", "|---|---|---|", ...rows, ""].join("\n"));
  });

  it("names kinds that there are, days, pages of Microsoft, and when they were read", () => {
    const kinds = RETIREMENTS.filter(({ subject }) => subject === "kind");
    expect(kinds.map(({ name }) => name).filter((name) => !(TASK_KINDS as readonly string[]).includes(name))).toEqual(
      [],
    );
    expect(new Set(kinds.map(({ name }) => name)).size).toBe(kinds.length);
    for (const { on, read, source } of RETIREMENTS) {
      expect([on, read].map((day) => new Date(day).toISOString().slice(0, 10))).toEqual([on, read]);
      expect(source).toMatch(/^https:\/\/learn\.microsoft\.com\/azure\/ai-services\/language-service\//);
      expect(readme).toContain(`as read on ${read}`);
    }
  });
});
