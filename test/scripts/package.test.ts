import { spawnSync } from "node:child_process";
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { unzipSync } from "fflate";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { assemble, productionFolders, runtimeManifest, zipFolder } from "../../scripts/package.ts";
import { ROOT } from "../infra/bicep-file.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "package-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const put = (path: string, content: string | object) => {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
};
const files = (path: string) => globSync("**/*", { cwd: path }).concat(globSync("**/.*", { cwd: path }));
const json = (path: string): unknown => JSON.parse(readFileSync(join(ROOT, path), "utf8"));

/** A small project with a production dependency, one inside it, and one of development. */
function project(): void {
  put("package.json", {
    name: "app",
    version: "1.0.0",
    main: "dist/src/*.js",
    scripts: { x: "y" },
    devDependencies: { d: "1" },
  });
  put("package-lock.json", {
    packages: {
      "": { version: "1.0.0", dependencies: { a: "^1.2.0" }, devDependencies: { d: "1" } },
      "node_modules/a": { version: "1.2.3", dependencies: { b: "2" } },
      "node_modules/a/node_modules/b": { version: "2.0.0" },
      "node_modules/d": { version: "1.0.0", dev: true },
    },
  });
  put("node_modules/a/package.json", { version: "1.2.3" });
  put("node_modules/a/index.js", "export {};");
  put("node_modules/a/index.d.ts", "export {};");
  put("node_modules/a/src/index.ts", "export {};");
  put("node_modules/a/node_modules/b/package.json", { version: "2.0.0" });
  put("node_modules/a/node_modules/stray/package.json", { version: "9.9.9" });
  put("node_modules/d/package.json", { version: "1.0.0" });
  put("src/main.ts", "export {};");
  put("dist/src/main.js", "export {};");
  put("dist/src/main.js.map", "{}");
  put("src/page/app.ts", "export {};");
  put("dist/page/main.js", "export {};");
  for (const name of ["host.json", "pipelines.json", "pipelines.schema.json", "local.settings.json"]) put(name, {});
}

describe("assemble", () => {
  it("takes the built app, its configuration and what the lock file calls production", () => {
    project();
    assemble(folder, join(folder, "out"));
    const packed = files(join(folder, "out"))
      .filter((path) => /\.\w+$/.test(path))
      .sort();
    expect(packed).toEqual([
      ".funcignore",
      "dist/page/main.js",
      "dist/src/main.js",
      "host.json",
      "node_modules/a/index.js",
      "node_modules/a/node_modules/b/package.json",
      "node_modules/a/package.json",
      "package.json",
      "pipelines.json",
      "pipelines.schema.json",
    ]);
  });

  it("leaves nothing of an earlier package behind", () => {
    project();
    put("out/old.js", "");
    assemble(folder, join(folder, "out"));
    expect(files(join(folder, "out"))).not.toContain("old.js");
  });

  it("refuses an app that is not built", () => {
    project();
    rmSync(join(folder, "dist"), { recursive: true });
    expect(() => assemble(folder, join(folder, "out"))).toThrow("npm run build");
  });

  it("refuses an app without its status page", () => {
    project();
    rmSync(join(folder, "dist/page"), { recursive: true });
    expect(() => assemble(folder, join(folder, "out"))).toThrow(
      "There is no dist/page to pack: run npm run build first.",
    );
  });

  it("refuses a build with a file whose source is gone, and one that lacks a file", () => {
    project();
    put("dist/src/functions/gone.js", "export {};");
    put("src/lib/new.ts", "export {};");
    expect(() => assemble(folder, join(folder, "out"))).toThrow(
      "npm run build first: dist/src/functions/gone.js has no source, src/lib/new.ts is not built.",
    );
  });

  it.each([
    ["another version", { version: "1.2.4" }, "node_modules/a holds 1.2.4, the lock file says 1.2.3"],
    ["nothing", undefined, "node_modules/a holds nothing, the lock file says 1.2.3"],
  ])("refuses node_modules that hold %s", (_title, manifest, message) => {
    project();
    rmSync(join(folder, "node_modules/a/package.json"));
    if (manifest !== undefined) put("node_modules/a/package.json", manifest);
    expect(() => assemble(folder, join(folder, "out"))).toThrow(message);
  });
});

describe("productionFolders", () => {
  it("follows what package.json needs, each from the folder where Node finds it", () => {
    const lock = {
      packages: {
        "": { dependencies: { a: "1", "@s/c": "1" }, optionalDependencies: { other: "1" } },
        "node_modules/a": { version: "1.0.0", dependencies: { b: "2" }, peerDependencies: { p: "1", absent: "1" } },
        "node_modules/a/node_modules/b": { version: "2.0.0", dependencies: { e: "1" } },
        "node_modules/b": { version: "1.0.0", dependencies: { onlyOldB: "1" } },
        "node_modules/@s/c": { version: "3.0.0", dependencies: { a: "1" } },
        "node_modules/e": { version: "5.0.0" },
        "node_modules/p": { version: "6.0.0" },
        "node_modules/onlyOldB": { version: "7.0.0" },
      },
    };
    expect([...productionFolders(lock)]).toEqual([
      ["node_modules/@s/c", "3.0.0"],
      ["node_modules/a", "1.0.0"],
      ["node_modules/a/node_modules/b", "2.0.0"],
      ["node_modules/e", "5.0.0"],
      ["node_modules/p", "6.0.0"],
    ]);
  });

  it("takes no workspace, no link to one, and nothing that only a workspace needs", () => {
    const lock = {
      packages: {
        "": { workspaces: ["packages/*"], dependencies: { a: "1" } },
        "node_modules/a": { version: "1.0.0" },
        "node_modules/emulator": { resolved: "packages/emulator", link: true },
        "node_modules/cron": { version: "1.0.0" },
        "packages/emulator": { name: "emulator", version: "0.1.0", dependencies: { cron: "1" } },
      },
    };
    expect([...productionFolders(lock).keys()]).toEqual(["node_modules/a"]);
  });
});

describe("zipFolder", () => {
  it("packs every file under its path", async () => {
    put("in/host.json", "{}");
    put("in/.funcignore", "x\n");
    put("in/dist/src/ä b.js", "export {};");
    const size = await zipFolder(join(folder, "in"), join(folder, "one.zip"));
    const one = readFileSync(join(folder, "one.zip"));
    expect(one.length).toBe(size);
    expect(Object.keys(unzipSync(one)).sort()).toEqual([".funcignore", "dist/src/ä b.js", "host.json"]);
  });

  it("gives the same bytes for the same files, whenever and wherever they were written", async () => {
    const content = { "b/host.json": "{}", "a.js": "export {};", ".funcignore": "x\n" };
    for (const [path, text] of Object.entries(content)) put(`one/${path}`, text);
    for (const [path, text] of Object.entries(content).reverse()) put(`two/${path}`, text);
    utimesSync(join(folder, "two/a.js"), new Date(0), new Date(0));
    const zipped = ["one", "two"].map((name, index) => {
      const code = `import { zipFolder } from ${JSON.stringify(pathToFileURL(join(ROOT, "scripts/package.ts")))};
        await zipFolder(${JSON.stringify(join(folder, name))}, ${JSON.stringify(join(folder, `${name}.zip`))});`;
      const env = { ...process.env, TZ: ["Pacific/Auckland", "America/Lima"][index] };
      const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", code], { env });
      expect(status, String(stderr)).toBe(0);
      return readFileSync(join(folder, `${name}.zip`));
    });
    expect(zipped[0]?.equals(zipped[1] ?? Buffer.alloc(0))).toBe(true);
  });
});

/** Those of custom models come only where AUTHORING is on. */
const FUNCTIONS = [
  "intake blob",
  "lane orchestration",
  "claim activity",
  "submit activity",
  "collect activity",
  "project orchestration",
  "sweep timer",
  "health http",
  "pipelines http",
  "documents http",
  "redrive http",
  "backfill http",
  "statusPage http",
  "statusFile http",
];

/** The document that the README drops after a deployment, and the result that it reads. */
function checkOfReadme(): { document: string; text: string; result: string } {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8").replaceAll(/\\\n\s*/g, "");
  const [, document = "", text = ""] =
    /blob upload --auth-mode login .*--name (\S+) --data "([^"]+)"/.exec(readme) ?? [];
  const [, result = ""] = /blob download --auth-mode login .*--name (\S+)/.exec(readme) ?? [];
  return { document, text, result };
}

describe("this app", () => {
  const manifest = z.looseObject({ dependencies: z.record(z.string(), z.string()), main: z.string() });

  it("is deployed with its entry points and its dependencies, without scripts", () => {
    const kept = manifest.parse(runtimeManifest(json("package.json")));
    expect(kept.main).toBe("dist/src/functions/*.js");
    expect(kept).not.toHaveProperty("scripts");
    expect(kept).not.toHaveProperty("devDependencies");
  });

  it("imports nothing at run time that is a dependency of development only", () => {
    const { dependencies } = manifest.parse(json("package.json"));
    // The status page runs in browsers, from one file that holds what it imports.
    const runHere = globSync("src/**/*.ts", { cwd: ROOT, exclude: ["src/page/**"] });
    const sources = runHere.map((path) => readFileSync(join(ROOT, path), "utf8"));
    const imported = sources.flatMap((source) =>
      [...source.matchAll(/^(?:import|export)\s(?!type\b)[^;]*?from "([^".][^"]*)"|^import "([^".][^"]*)"/gm)].map(
        ([, from, bare]) => from ?? bare ?? "",
      ),
    );
    const packages = new Set(
      imported.filter((name) => !isBuiltin(name)).map((name) => /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0]),
    );
    expect([...packages].filter((name) => !(name !== undefined && name in dependencies))).toEqual([]);
    expect(packages.size).toBeGreaterThan(3);
  });

  it("has the size that the README states, and its unpacked zip alone gives the result that the README looks for, without any project", {
    timeout: 600_000,
  }, async () => {
    assemble(ROOT, join(folder, "app"));
    const size = await zipFolder(join(folder, "app"), join(folder, "app.zip"));
    const [, stated] = /`dist\/app\.zip` \((\d+\.\d) MB\)/.exec(readFileSync(join(ROOT, "README.md"), "utf8")) ?? [];
    expect(Math.abs(size / 1024 / 1024 - Number(stated)), `${size} bytes, README: ${stated} MB`).toBeLessThan(0.3);
    rmSync(join(folder, "app"), { recursive: true });
    for (const [path, content] of Object.entries(unzipSync(readFileSync(join(folder, "app.zip"))))) {
      mkdirSync(dirname(join(folder, "app", path)), { recursive: true });
      writeFileSync(join(folder, "app", path), content);
    }
    const { document, text, result } = checkOfReadme();
    const args = [join(ROOT, "test/scripts/run-package.ts"), document, text, result];
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: join(folder, "app"), encoding: "utf8" });
    const ran = z
      .object({
        functions: z.array(z.string()),
        health: z.looseObject({ status: z.string() }),
        record: z.unknown(),
        standing: z.unknown(),
      })
      .parse(JSON.parse(stdout || "null"), { error: () => stderr });
    expect(ran.functions).toEqual(expect.arrayContaining(FUNCTIONS));
    expect(ran.health.status).toBe("healthy");
    expect(ran.record, JSON.stringify(ran.standing)).toMatchObject({
      status: "succeeded",
      document: { name: document },
    });
  });

  it("takes no native code or development tool along", () => {
    const folders = [...productionFolders(json("package-lock.json")).keys()];
    expect(folders).toContain("node_modules/durable-functions");
    for (const name of ["node", "typescript", "azurite", "vitest", "web-tree-sitter"]) {
      expect(folders).not.toContain(`node_modules/${name}`);
    }
  });
});
