/**
 * Counts what the house promises its readers: how many files and lines `src` has, how long they are, and how many files
 * one must open to follow an import to its end.
 *
 *     npm run house
 */
import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/** What `measureHouse` found below `src`. */
export interface House {
  files: number;
  lines: number;
  medianLines: number;
  longestFile: { path: string; lines: number };
  /** Files on the longest way along imports from the entry, the entry included. */
  longestChain: string[];
  /** Files that import themselves by way of others; empty where there is no cycle. */
  cycle: string[];
}

const RELATIVE_IMPORT = /\bfrom\s+"(\.{1,2}\/[^"]+)"/g;

/** @param root the folder that holds `src` @param entry the file whose imports are followed */
export function measureHouse(root: string, entry = "src/functions/lanes.ts"): House {
  const sources = new Map(
    globSync("src/**/*.ts", { cwd: root }).map((path) => [path, readFileSync(join(root, path), "utf8")]),
  );
  const lengths = [...sources]
    .map(([path, text]) => ({ path, lines: text.split("\n").length - 1 }))
    .sort((a, b) => a.lines - b.lines);
  const imports = new Map(
    [...sources].map(([path, text]) => [
      path,
      [...text.matchAll(RELATIVE_IMPORT)].map(([, to = ""]) => normalize(join(dirname(path), to))),
    ]),
  );
  const walk = new ImportWalk(imports);
  const longestChain = walk.longestFrom(entry);
  for (const path of sources.keys()) walk.longestFrom(path);
  return {
    files: lengths.length,
    lines: lengths.reduce((sum, { lines }) => sum + lines, 0),
    medianLines: lengths[Math.floor(lengths.length / 2)]?.lines ?? 0,
    longestFile: lengths.at(-1) ?? { path: "", lines: 0 },
    longestChain,
    cycle: walk.cycle,
  };
}

/** Follows imports; each file's longest way is found once. */
class ImportWalk {
  cycle: string[] = [];
  readonly #imports: Map<string, string[]>;
  readonly #longest = new Map<string, string[]>();
  readonly #open: string[] = [];

  constructor(imports: Map<string, string[]>) {
    this.#imports = imports;
  }

  longestFrom(path: string): string[] {
    const known = this.#longest.get(path);
    if (known !== undefined) return known;
    if (this.#open.includes(path)) {
      this.cycle = this.#open.slice(this.#open.indexOf(path));
      return [];
    }
    this.#open.push(path);
    let rest: string[] = [];
    for (const next of this.#imports.get(path) ?? []) {
      const chain = this.longestFrom(next);
      if (chain.length > rest.length) rest = chain;
    }
    this.#open.pop();
    this.#longest.set(path, [path, ...rest]);
    return [path, ...rest];
  }
}

function main(): void {
  const house = measureHouse(join(import.meta.dirname, ".."));
  console.log(`files         ${house.files}`);
  console.log(`lines         ${house.lines}`);
  console.log(`median file   ${house.medianLines} lines`);
  console.log(`longest file  ${house.longestFile.lines} lines (${house.longestFile.path})`);
  console.log(`import cycle  ${house.cycle.join(" -> ") || "none"}`);
  console.log(`longest chain ${house.longestChain.length} files:\n  ${house.longestChain.join("\n  ")}`);
}

if (import.meta.main) main();
