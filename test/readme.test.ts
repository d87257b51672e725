import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { TASK_KINDS } from "../src/lib/language/analysis.ts";
import { KNOWN_VERSIONS } from "../src/lib/language/api-versions.ts";
import { failureFileSchema, resultFileSchema } from "../src/lib/results/record.ts";
import { parsePipelines } from "../src/lib/settings/pipelines.ts";

const ROOT = resolve(import.meta.dirname, "..");
const readme = readFileSync(join(ROOT, "README.md"), "utf8");
const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: Record<string, string> };
const [pipelines = "", result = "", failure = ""] = [...readme.matchAll(/```json\n(.*?)```/gs)].map(([, json]) => json);

describe("README.md", () => {
  it("shows pipelines that the app accepts", () => {
    expect(parsePipelines(pipelines, "README.md")).toHaveLength(1);
  });

  it("shows a result and a failure record as the app writes them", () => {
    expect(resultFileSchema.parse(JSON.parse(result)).status).toBe("succeeded");
    expect(failureFileSchema.parse(JSON.parse(failure)).error.code).toBe("EmptyDocument");
  });

  it.each([...new Set([...readme.matchAll(/npm run ([a-z]+)/g)].map(([, name]) => name ?? ""))])(
    "names a script that exists: %s",
    (name) => {
      expect(scripts[name]).toBeDefined();
    },
  );

  it.each([...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path]) => path ?? ""))("links to %s", (path) => {
    expect(existsSync(join(ROOT, path))).toBe(true);
  });

  it.each(TASK_KINDS)("names the task kind %s", (kind) => {
    expect(readme).toContain(`\`${kind}\``);
  });

  it("names the versions of the wire that are not dates", () => {
    for (const version of KNOWN_VERSIONS.filter((name) => name.startsWith("v"))) expect(readme).toContain(version);
  });

  it.each(["samples/documents", "local.settings.sample.json"])("names %s, which exists", (path) => {
    expect(readme).toContain(path);
    expect(existsSync(join(ROOT, path))).toBe(true);
  });
});
