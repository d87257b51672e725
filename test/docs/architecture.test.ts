import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const page = readFileSync(join(ROOT, "docs/architecture.md"), "utf8");

/** Where a path of the page may begin. A bare file name goes on in the folder of the path before it. */
const STARTS = ["", "src/lib", "src/lib/language"];

describe("docs/architecture.md", () => {
  it("names no file or folder that is not there", () => {
    const missing: string[] = [];
    let folder = "";
    for (const [, path = ""] of page.matchAll(/`([\w./-]+(?:\.ts|\.json|\/))`/g)) {
      const places = [...STARTS, folder].map((start) => join(start, path));
      const found = places.find((place) => existsSync(join(ROOT, place)));
      if (found === undefined) missing.push(path);
      else folder = join(found, "..");
    }
    expect(missing).toEqual([]);
  });

  it("ends with a glossary of at most 25 words, each in one line", () => {
    const glossary = page.slice(page.indexOf("## Glossary"));
    const words = [...glossary.matchAll(/^\| ([a-z][a-z -]*) \| (.+) \|$/gm)].slice(1);
    expect(glossary.match(/^## /gm)).toHaveLength(1);
    expect(words.length).toBeGreaterThan(15);
    expect(words.length).toBeLessThanOrEqual(25);
    for (const [line] of words) expect(line.length).toBeLessThanOrEqual(140);
  });
});
