import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../../../..");

/** Every module that a process has loaded after it read one document, by a hook that all of them pass. */
function modulesLoadedFor(name: string, text: string): string[] {
  const script = `
    import { registerHooks } from "node:module";
    const loaded = [];
    registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });
    const { App } = await import("./src/lib/app.ts");
    const { extractText } = await import("./src/lib/documents/formats/extract-text.ts");
    const limits = { pages: 9, unpackedBytes: 1e6, nesting: 99, seconds: 20, memoryBytes: 2e8, characters: 1e6 };
    await extractText(Buffer.from(${JSON.stringify(text)}), { name: ${JSON.stringify(name)} }, { settings: {}, limits });
    console.log(JSON.stringify({ app: typeof App, threads: process.getActiveResourcesInfo().filter((one) => /Worker|MessagePort/.test(one)), loaded }));
  `;
  const out = execFileSync(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: ROOT,
    encoding: "utf8",
  });
  const { loaded } = JSON.parse(out) as { loaded: string[] };
  return loaded;
}

const LIBRARIES = /node_modules\/(?:@hyzyla|mammoth|jszip|htmlparser2|markdown-it|postal-mime|@kenjiuno|yauzl|saxes)\//;

describe("the start of the app", () => {
  it.each([
    ["plain text", "a.txt", "Only words."],
    ["a web page, which another thread reads", "a.html", "<!doctype html><p>Words</p>"],
  ])("loads no library of a format, nor does %s", (_, name, text) => {
    const loaded = modulesLoadedFor(name, text);
    expect(loaded.some((url) => url.endsWith("/extract-text.ts"))).toBe(true);
    expect(loaded.filter((url) => LIBRARIES.test(url))).toEqual([]);
  });
});
