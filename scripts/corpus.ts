/**
 * Turns every file below a folder into text, as the app does, and counts how each ended: that no real file takes the
 * process down, stays over the limits of time and memory, or ends nowhere. Prints figures and the files that failed, with
 * their codes; never text of a document.
 *
 *     npm run corpus -- FOLDER
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { argv } from "node:process";
import { DocumentError } from "../src/lib/documents/document.ts";
import { extractText } from "../src/lib/documents/formats/extract-text.ts";
import { FORMATS } from "../src/lib/documents/formats/recognise-format.ts";
import { NUMBER_SETTINGS } from "../src/lib/settings/app-settings-table.ts";

const MEGABYTE = 1024 * 1024;
const { maxDocumentMegabytes, maxDocumentPages, maxUnpackedMegabytes, maxNestedLevels } = NUMBER_SETTINGS;
const { extractionSeconds, extractionMegabytes } = NUMBER_SETTINGS;
const LIMITS = {
  pages: maxDocumentPages.default,
  unpackedBytes: maxUnpackedMegabytes.default * MEGABYTE,
  nesting: maxNestedLevels.default,
  seconds: extractionSeconds.default,
  memoryBytes: extractionMegabytes.default * MEGABYTE,
  characters: maxDocumentMegabytes.default * MEGABYTE,
};
const WANTED: ReadonlySet<string> = new Set(
  Object.entries(FORMATS).flatMap(([name, { extensions }]) => (name === "text" || name === "json" ? [] : extensions)),
);

/** What became of the files of one format. */
interface Tally {
  files: number;
  bytes: number;
  characters: number;
  texts: number;
  /** How many were refused, by code. */
  refused: Map<string, number>;
  milliseconds: number;
  slowest: number;
}

const newTally = (): Tally => ({
  files: 0,
  bytes: 0,
  characters: 0,
  texts: 0,
  refused: new Map(),
  milliseconds: 0,
  slowest: 0,
});

async function main(folder: string): Promise<void> {
  const tallies = new Map<string, Tally>();
  const faults: string[] = [];
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 100);
  for (const path of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
    const whole = join(folder, path);
    const extension = extname(path).toLowerCase();
    const facts = statSync(whole, { throwIfNoEntry: false });
    if (!WANTED.has(extension) || !facts?.isFile() || facts.size > LIMITS.characters) continue;
    const tally = tallies.get(extension) ?? newTally();
    tallies.set(extension, tally);
    const begun = performance.now();
    tally.files++;
    tally.bytes += facts.size;
    try {
      const { text } = await extractText(readFileSync(whole), { name: path }, { settings: {}, limits: LIMITS });
      tally.texts++;
      tally.characters += text.length;
    } catch (error) {
      if (!(error instanceof DocumentError) || error.code === "ReaderFailed") faults.push(`${path}: ${error}`);
      const code = error instanceof DocumentError ? error.code : "no failure record";
      tally.refused.set(code, (tally.refused.get(code) ?? 0) + 1);
      console.log(`${code} ${path}`);
    }
    const took = performance.now() - begun;
    tally.milliseconds += took;
    tally.slowest = Math.max(tally.slowest, took);
  }
  clearInterval(watch);
  show(tallies);
  console.log(`Peak of the process: ${Math.round(peak / MEGABYTE)} MB. Files that ended nowhere: ${faults.length}.`);
  for (const fault of faults) console.log(fault);
  if (faults.length > 0) process.exitCode = 1;
}

function show(tallies: ReadonlyMap<string, Tally>): void {
  console.log(
    "| files | number | MB | texts | refused | characters | mean ms | slowest ms |\n|---|---|---|---|---|---|---|---|",
  );
  for (const [extension, tally] of [...tallies].sort()) {
    const { files, bytes, texts, characters, milliseconds, slowest } = tally;
    const refused = [...tally.refused].map(([code, count]) => `${count} ${code}`).join(", ");
    const numbers = [files, (bytes / MEGABYTE).toFixed(1), texts, refused || "0", characters];
    console.log(`| ${[extension, ...numbers, Math.round(milliseconds / files), Math.round(slowest)].join(" | ")} |`);
  }
}

const [folder] = argv.slice(2);
if (folder === undefined) {
  console.error("Which folder? npm run corpus -- FOLDER");
  process.exitCode = 2;
} else await main(folder);
