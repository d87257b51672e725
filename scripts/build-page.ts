/**
 * Makes `dist/page`, the status page as the app serves it: one module of `src/page` and the two small libraries that it
 * imports, the style, the icon, and what `docs/operations.md` says about each banner.
 *
 *     npm run build
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "rolldown";
import { readGuide } from "./page/guide.ts";

/** Served as they are. */
const PLAIN_FILES = ["index.html", "page.css", "icon.svg"] as const;

/** Builds the page of a repository. @param root the repository @param target the folder that it fills */
export async function buildPage(root: string, target: string): Promise<void> {
  const source = join(root, "src", "page");
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  await build({
    input: join(source, "app.ts"),
    platform: "browser",
    tsconfig: join(source, "tsconfig.json"),
    // One file, so that opening the page costs the app a handful of calls.
    output: { file: join(target, "main.js"), format: "esm", minify: true, codeSplitting: false },
    logLevel: "warn",
  });
  for (const name of PLAIN_FILES) cpSync(join(source, name), join(target, name));
  const guide = readGuide(readFileSync(join(root, "docs", "operations.md"), "utf8"));
  writeFileSync(join(target, "guide.json"), JSON.stringify(guide));
}

if (import.meta.main) {
  const root = join(import.meta.dirname, "..");
  await buildPage(root, join(root, "dist", "page"));
}
