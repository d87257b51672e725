import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";

/** A place of the app's sources where something else stands while they are simulated. */
export interface Patch {
  /** Below the repository. */
  file: string;
  search: string;
  replace: string;
}

const SOURCES = new URL("../../src/", import.meta.url).href;
const shim = (name: string) => new URL(`../shims/${name}.ts`, import.meta.url).href;

/** Which module an import of the app leads to in its place; by the end of the importing file, and of what it asks for. */
const IN_PLACE: readonly { from: RegExp; specifier: RegExp; url: string }[] = [
  { from: /\/src\/functions\//, specifier: /^@azure\/functions$/, url: shim("azure-functions") },
  { from: /\/src\/functions\//, specifier: /^durable-functions$/, url: shim("durable-functions") },
  { from: /\/src\/functions\//, specifier: /\/lib\/app\.ts$/, url: shim("app") },
  { from: /\/src\/functions\//, specifier: /\/lane-opener\.ts$/, url: shim("lane-opener") },
  { from: /\/src\/lib\//, specifier: /\/storage-clients\.ts$/, url: shim("storage-clients") },
  { from: /\/src\/lib\//, specifier: /\/one-at-a-time\.ts$/, url: shim("one-at-a-time") },
  { from: /\/src\/lib\//, specifier: /^@azure\/identity$/, url: shim("identity") },
  { from: /\/src\/lib\/language\//, specifier: /^@azure\/core-rest-pipeline$/, url: shim("rest-pipeline") },
];

/**
 * The run of a seed has few documents, whose events are spread over seconds: with as little room on the express queue and as
 * long a wait for others as this, both queues of a pipeline have some, and documents share messages.
 */
export const SCALE: readonly Patch[] = [
  {
    file: "src/lib/storage/work-queue.ts",
    search: "const EXPRESS_AT_ONCE = 25;",
    replace: "const EXPRESS_AT_ONCE = 3;",
  },
  {
    file: "src/lib/storage/work-queue.ts",
    search: "const EXPRESS_PER_MINUTE = 25;",
    replace: "const EXPRESS_PER_MINUTE = 3;",
  },
  {
    file: "src/lib/language/limits.ts",
    search: "const DOCUMENTS_PER_JOB = 25;",
    replace: "const DOCUMENTS_PER_JOB = 6;",
  },
  {
    file: "src/lib/storage/document-queue.ts",
    search: "const LINGER_MS = 25;",
    replace: "const LINGER_MS = 400;",
  },
];

/**
 * Lets the app's sources be loaded as they are, but for what surrounds a process, and for patches.
 * @throws Error when a patch does not fit its file exactly once
 */
export function installAppLoader(patches: readonly Patch[]): void {
  const patched = patchedSources(patches);
  registerHooks({
    resolve(specifier, context, next) {
      const { parentURL = "" } = context;
      const rule = IN_PLACE.find(({ from, specifier: asked }) => from.test(parentURL) && asked.test(specifier));
      return rule === undefined ? next(specifier, context) : next(rule.url, context);
    },
    load(url, context, next) {
      const source = patched.get(url);
      return source === undefined ? next(url, context) : { format: "module-typescript", source, shortCircuit: true };
    },
  });
}

/** The patched files, by their address. */
function patchedSources(patches: readonly Patch[]): Map<string, string> {
  const sources = new Map<string, string>();
  for (const { file, search, replace } of patches) {
    const url = new URL(`../${file}`, SOURCES).href;
    const source = sources.get(url) ?? readFileSync(fileURLToPath(url), "utf8");
    const parts = source.split(search);
    if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} places, not one, that say: ${search}`);
    sources.set(url, parts.join(replace));
  }
  return sources;
}
