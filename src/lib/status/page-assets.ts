import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { RequestRefused } from "../api/route.ts";
import { quote } from "../common/problems.ts";

/** A file of the status page, ready to be sent. */
interface Asset {
  plain: Buffer;
  gzipped: Buffer;
  type: string;
  etag: string;
}

/** The files of the status page. They hold nothing of this app's documents, settings or keys: those come over the API. */
export interface PageAssets {
  /** Changes with any byte of any file; part of the address of each, so that a browser may keep it for good. */
  version: string;
  files: ReadonlyMap<string, Asset>;
}

const START = "index.html";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
};

/**
 * Nothing but our own files may run or be asked for, and no string can become markup or code (`trusted-types 'none'`
 * lets no policy make one). Nobody may frame the page, so that no click on it can be stolen.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const ALWAYS = {
  "content-security-policy": POLICY,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  vary: "accept-encoding",
};

/** Reads the files that `npm run build` made. @param folder `dist/page` of the app */
export function readPageAssets(folder: string): PageAssets {
  const names = readdirSync(folder)
    .filter((name) => Object.hasOwn(TYPES, extname(name)))
    .sort();
  const contents = names.map((name) => ({ name, content: readFileSync(join(folder, name)) }));
  const hash = createHash("sha256");
  for (const { name, content } of contents) hash.update(`${name}\n${content.length}\n`).update(content);
  const version = hash.digest("hex").slice(0, 12);
  const files = contents.map(({ name, content }): [string, Asset] => {
    const plain = name === START ? Buffer.from(content.toString("utf8").replaceAll("{version}", version)) : content;
    const type = TYPES[extname(name)] ?? "";
    return [name, { plain, gzipped: gzipSync(plain, { level: 9 }), type, etag: `"${version}"` }];
  });
  return { version, files: new Map(files) };
}

interface PageAnswer {
  status: number;
  headers: Record<string, string>;
  body?: Buffer;
}

/**
 * Answers `GET /api/status`, and `GET /api/status/<version>/<file>` for what the page is made of.
 * @param path what follows `status/` in the address
 * @param header gives a header of the request
 * @throws RequestRefused where there is no such file
 */
export function servePage(
  { version, files }: PageAssets,
  path: string,
  header: (name: string) => string | null,
): PageAnswer {
  const isStart = path === "";
  const asset = files.get(isStart ? START : path.startsWith(`${version}/`) ? path.slice(version.length + 1) : "");
  if (asset === undefined) {
    throw new RequestRefused(404, {
      code: "UnknownFile",
      message: `The status page has no file ${quote(path)}`,
      hint: "Open GET /api/status again: the app may have been deployed anew since the page was loaded.",
    });
  }
  const caching = isStart ? "no-cache" : "public, max-age=31536000, immutable";
  const headers = { ...ALWAYS, "cache-control": caching, etag: asset.etag };
  if (header("if-none-match") === asset.etag) return { status: 304, headers };
  const gzip = /\bgzip\b/.test(header("accept-encoding") ?? "");
  return {
    status: 200,
    headers: { ...headers, "content-type": asset.type, ...(gzip ? { "content-encoding": "gzip" } : {}) },
    body: gzip ? asset.gzipped : asset.plain,
  };
}
