/**
 * Packs what runs in Azure and nothing else: the built app, its configuration and the production dependencies, exactly
 * as the lock file has them, into `dist/app` (for azd) and `dist/app.zip` (for az). Nothing is downloaded.
 *
 *     npm run package [-- --telemetry]   with what exports spans and metrics (TELEMETRY_EXPORTER)
 */
import { createHash } from "node:crypto";
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { type AsyncZippable, zip } from "fflate";
import { z } from "zod";

/** Configuration that the app or the host reads at run time; PIPELINES_FILE may name another than `pipelines.json`. */
const CONFIGURATION = ["host.json", "pipelines*.json"] as const;

/** Types, sources and source maps: half of all files, and nothing reads them at run time. */
const NOT_RUN = /\.(?:[cm]?ts|map)$/;

/** Bundles for browsers and for require(), several megabytes large: this app imports the modules beside them. */
const OTHER_BUNDLES: ReadonlySet<string> = new Set([
  "node_modules/jschardet/dist",
  "node_modules/jschardet/build/index.cjs",
  "node_modules/@hyzyla/pdfium/dist/index.cjs",
  "node_modules/@hyzyla/pdfium/dist/index.esm.base64.js",
  "node_modules/@hyzyla/pdfium/dist/index.esm.browser.js",
  "node_modules/@hyzyla/pdfium/dist/index.esm.cdn.js",
  "node_modules/@hyzyla/pdfium/dist/index.esm.worker.js",
  "node_modules/@hyzyla/pdfium/dist/worker.bundle.js",
  "node_modules/jszip/dist",
  "node_modules/mammoth/mammoth.browser.js",
  "node_modules/mammoth/mammoth.browser.min.js",
  "node_modules/mammoth/test",
  "node_modules/markdown-it/dist/browser",
  "node_modules/pako/dist",
]);

/** The PDF reader once more, as text, for places that cannot load a file; its name has a hash in it. */
const EMBEDDED = /\.wasm\.base64-\w+\.js$/;

/** azd packs `dist/app` by the rules of the ignore file in it: everything, dependencies included. */
const IGNORE_FILE = "local.settings.json\n";

/** The same files give the same bytes; zip knows no time before 1980. */
const ZIP_TIME = new Date("1980-01-01T00:00:00");

const manifestSchema = z.looseObject({ name: z.string(), version: z.string(), main: z.string() });

const namesSchema = z.record(z.string(), z.unknown()).default({});

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.looseObject({
      version: z.string().default(""),
      dependencies: namesSchema,
      optionalDependencies: namesSchema,
      peerDependencies: namesSchema,
    }),
  ),
});

/** What `telemetry/register.ts` imports. */
const TELEMETRY_PACKAGES = [
  "@opentelemetry/exporter-metrics-otlp-http",
  "@opentelemetry/exporter-trace-otlp-http",
  "@opentelemetry/resources",
  "@opentelemetry/sdk-metrics",
  "@opentelemetry/sdk-trace-base",
];

type LockedPackages = z.infer<typeof lockSchema>["packages"];

const versionSchema = z.object({ version: z.string() });

/** `package.json` as it is deployed: no scripts, no workspaces, nothing of development. */
export function runtimeManifest(manifest: unknown): Record<string, unknown> {
  const { scripts, devDependencies, allowScripts, workspaces, ...kept } = manifestSchema.parse(manifest);
  return kept;
}

/**
 * The folders of the production dependencies (`node_modules/…`), with the version each must have: what `package.json`
 * names, and what that needs in turn. What only a workspace of this repository needs is not among them, though the lock
 * file does not call it `dev`: workspaces stand in for Azure on one machine.
 * @param others names of packages that are packed on request
 */
export function productionFolders(lock: unknown, others: readonly string[] = []): Map<string, string> {
  const { packages } = lockSchema.parse(lock);
  const found = new Map<string, string>();
  const open = [
    ...neededBy(packages, "", ["dependencies", "optionalDependencies"]),
    ...others.flatMap((name) => placeOf(packages, "", name) ?? []),
  ];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    if (found.has(folder)) continue;
    found.set(folder, packages[folder]?.version ?? "");
    open.push(...neededBy(packages, folder, ["dependencies", "optionalDependencies", "peerDependencies"]));
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

type NeedKind = "dependencies" | "optionalDependencies" | "peerDependencies";

/** Optional packages and peers that npm did not put in are left out; a lock file has all others. */
function neededBy(packages: LockedPackages, folder: string, kinds: NeedKind[]): string[] {
  const names = kinds.flatMap((kind) => Object.keys(packages[folder]?.[kind] ?? {}));
  return names.map((name) => placeOf(packages, folder, name)).filter((place) => place !== undefined);
}

/** Where Node finds a package that another imports: beside it, or in a folder above. */
function placeOf(packages: LockedPackages, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")))) {
    const place = `${folder === "" ? "" : `${folder}/`}node_modules/${name}`;
    if (place in packages) return place;
    if (folder === "") return undefined;
  }
}

/**
 * Fills a folder with what is deployed.
 * @throws Error when the app is not built from the sources that are there, or `node_modules` is not what the lock file
 *   says
 */
export function assemble(root: string, target: string, { telemetry = false }: { telemetry?: boolean } = {}): void {
  const built = join(root, "dist", "src");
  if (!existsSync(built)) throw new Error("There is no dist/src to pack: run npm run build first.");
  refuseOtherBuild(join(root, "src"), built);
  const page = join(root, "dist", "page");
  if (!existsSync(page)) throw new Error("There is no dist/page to pack: run npm run build first.");
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  cpSync(built, join(target, "dist", "src"), { recursive: true, filter: (path) => !NOT_RUN.test(path) });
  cpSync(page, join(target, "dist", "page"), { recursive: true });
  if (telemetry)
    cpSync(join(root, "dist", "telemetry"), join(target, "dist", "telemetry"), {
      recursive: true,
      filter: (path) => !NOT_RUN.test(path),
    });
  for (const file of globSync([...CONFIGURATION], { cwd: root })) cpSync(join(root, file), join(target, file));
  writeFileSync(join(target, ".funcignore"), IGNORE_FILE);
  writeFileSync(
    join(target, "package.json"),
    `${JSON.stringify(runtimeManifest(readJson(root, "package.json")), null, 2)}\n`,
  );
  for (const [folder, version] of productionFolders(
    readJson(root, "package-lock.json"),
    telemetry ? TELEMETRY_PACKAGES : [],
  )) {
    copyDependency(root, target, folder, version);
  }
}

/** A file of an earlier build would be deployed, and under `functions/` even run; one that is missing would break the app. */
function refuseOtherBuild(sources: string, built: string): void {
  const modules = (folder: string, extension: string) =>
    new Set(
      globSync(`**/*${extension}`, { cwd: folder })
        // The status page is built for browsers, into dist/page.
        .filter((path) => !path.startsWith(`page${sep}`))
        .map((path) => path.slice(0, -extension.length)),
    );
  const [wanted, found] = [modules(sources, ".ts"), modules(built, ".js")];
  const told = [
    ...[...found].filter((name) => !wanted.has(name)).map((name) => `dist/src/${name}.js has no source`),
    ...[...wanted].filter((name) => !found.has(name)).map((name) => `src/${name}.ts is not built`),
  ];
  if (told.length > 0) throw new Error(`dist/src is not what src makes, run npm run build first: ${told.join(", ")}.`);
}

function copyDependency(root: string, target: string, folder: string, version: string): void {
  const source = join(root, folder);
  const found = existsSync(join(source, "package.json"))
    ? versionSchema.parse(readJson(source, "package.json")).version
    : "nothing";
  if (found !== version) throw new Error(`${folder} holds ${found}, the lock file says ${version}: run npm ci first.`);
  const nested = join(source, "node_modules");
  // Dependencies inside a dependency have lines of their own in the lock file.
  const filter = (path: string) =>
    path !== nested &&
    !NOT_RUN.test(path) &&
    !EMBEDDED.test(path) &&
    !OTHER_BUNDLES.has(relative(root, path).split(sep).join("/"));
  cpSync(source, join(target, folder), { recursive: true, filter });
}

/** Packs a folder into one zip file. Returns its size in bytes. */
export async function zipFolder(folder: string, file: string): Promise<number> {
  const paths = globSync("**/*", { cwd: folder })
    .concat(globSync("**/.*", { cwd: folder }))
    .filter((path) => statSync(join(folder, path)).isFile());
  const entries: AsyncZippable = {};
  for (const path of [...new Set(paths)].sort()) {
    entries[path.split(sep).join("/")] = [readFileSync(join(folder, path)), { mtime: ZIP_TIME }];
  }
  const bytes = await new Promise<Uint8Array>((resolve, reject) => {
    zip(entries, { level: 6 }, (error, data) => (error === null ? resolve(data) : reject(error)));
  });
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  return bytes.length;
}

function readJson(folder: string, file: string): unknown {
  return JSON.parse(readFileSync(join(folder, file), "utf8"));
}

async function main(): Promise<void> {
  const root = join(import.meta.dirname, "..");
  const target = join(root, "dist", "app");
  const file = join(root, "dist", "app.zip");
  assemble(root, target, { telemetry: process.argv.includes("--telemetry") });
  const bytes = await zipFolder(target, file);
  const size = `${(bytes / 1024 / 1024).toFixed(1)} MB`;
  const sum = createHash("sha256").update(readFileSync(file)).digest("hex");
  console.log(
    `${relative(root, target)} and ${relative(root, file)} hold what runs in Azure: ${size}, SHA-256 ${sum}.`,
  );
}

if (import.meta.main) await main();
