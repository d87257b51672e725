import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RequestRefused } from "../../../src/lib/api/route.ts";
import { readPageAssets, servePage } from "../../../src/lib/status/page-assets.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "assets-"));
  writeFileSync(join(folder, "index.html"), '<script src="status/{version}/main.js"></script>');
  writeFileSync(join(folder, "main.js"), "export {};");
  writeFileSync(join(folder, "secret.txt"), "not of the page");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const headers =
  (given: Record<string, string> = {}) =>
  (name: string): string | null =>
    given[name] ?? null;

describe("the files of the status page", () => {
  it("are named after their version, so that a browser keeps them for good and a new deployment is seen at once", () => {
    const before = readPageAssets(folder);
    const start = servePage(before, "", headers());
    expect(start.headers["cache-control"]).toBe("no-cache");
    expect(String(start.body)).toBe(`<script src="status/${before.version}/main.js"></script>`);
    const module = servePage(before, `${before.version}/main.js`, headers());
    expect(module).toMatchObject({ status: 200, headers: { "content-type": "text/javascript; charset=utf-8" } });
    expect(module.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    writeFileSync(join(folder, "main.js"), "export { };");
    expect(readPageAssets(folder).version).not.toBe(before.version);
  });

  it("come gzipped to whoever takes that, and not at all to whoever has them", () => {
    const assets = readPageAssets(folder);
    const gzipped = servePage(assets, "", headers({ "accept-encoding": "br, gzip" }));
    expect(gzipped.headers["content-encoding"]).toBe("gzip");
    expect(gunzipSync(gzipped.body ?? "")).toEqual(servePage(assets, "", headers()).body);
    const known = servePage(assets, "", headers({ "if-none-match": gzipped.headers.etag ?? "" }));
    expect(known).toMatchObject({ status: 304 });
    expect(known.body).toBeUndefined();
  });

  it.each(["secret.txt", "../main.js", "main.js", "0123456789ab/main.js", "%2e%2e/index.html", "constructor"])(
    "are all that is served: %s is not",
    (path) => {
      expect(() => servePage(readPageAssets(folder), path, headers())).toThrow(RequestRefused);
    },
  );
});
