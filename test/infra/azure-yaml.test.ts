import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { ROOT, readBicep, unquoted } from "./bicep-file.ts";

/**
 * What `azure.yaml` may hold, as far as this project uses it: an excerpt of
 * https://raw.githubusercontent.com/Azure/azure-dev/main/schemas/v1.0/azure.yaml.json, stricter where that is open.
 */
const script = z.strictObject({
  shell: z.enum(["sh", "pwsh"]),
  run: z.string().min(1),
  interactive: z.boolean().default(false),
  continueOnError: z.boolean().default(false),
});
const hook = z.strictObject({
  posix: script.extend({ shell: z.literal("sh") }),
  windows: script.extend({ shell: z.literal("pwsh") }),
});
const stages = [
  "provision",
  "infracreate",
  "infradelete",
  "up",
  "down",
  "package",
  "publish",
  "deploy",
  "restore",
  "build",
];
const hookName = z.enum(stages.flatMap((stage) => [`pre${stage}`, `post${stage}`]));
const schema = z.strictObject({
  name: z.string().regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/),
  requiredVersions: z.strictObject({ azd: z.string() }),
  metadata: z.strictObject({ template: z.string().regex(/^[a-z-]+@\d+\.\d+\.\d+$/) }),
  infra: z.strictObject({ provider: z.literal("bicep"), path: z.string(), module: z.string() }),
  services: z.record(
    z.string(),
    z.strictObject({
      project: z.string(),
      language: z.enum(["js", "ts"]),
      host: z.literal("function"),
      dist: z.string(),
      remoteBuild: z.boolean(),
      hooks: z.partialRecord(hookName, hook),
    }),
  ),
  hooks: z.partialRecord(hookName, hook),
  pipeline: z.strictObject({ provider: z.literal("github"), variables: z.array(z.string().regex(/^[A-Z_]+$/)) }),
});

const text = readFileSync(join(ROOT, "azure.yaml"), "utf8");
const project = schema.parse(parse(text));
const [[serviceName, service] = ["", undefined], ...others] = Object.entries(project.services);
const scripts = z
  .object({ scripts: z.record(z.string(), z.string()), version: z.string() })
  .parse(JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")));

describe("azure.yaml", () => {
  it("names its schema, for editors", () => {
    expect(text.split("\n")[0]).toMatch(/^# yaml-language-server: \$schema=https:.*azure\.yaml\.json$/);
  });

  it("names templates that exist, and the version of package.json", () => {
    expect(existsSync(join(ROOT, project.infra.path, `${project.infra.module}.bicep`))).toBe(true);
    expect(project.metadata.template).toBe(`${project.name}@${scripts.version}`);
  });

  it("has one service, by the name that the site is tagged with and the outputs carry", () => {
    expect(others).toEqual([]);
    const resources = readBicep("infra/resources.bicep");
    expect(unquoted(resources.variables.get("serviceName")?.text ?? "")).toBe(serviceName);
    expect([...resources.outputs.keys()]).toContain(`SERVICE_${serviceName.toUpperCase()}_NAME`);
    expect(readBicep("infra/modules/function-app.bicep").source).toContain("{ 'azd-service-name': serviceName }");
  });

  it("deploys what npm run package made, without a build in Azure", () => {
    expect(service).toMatchObject({ project: ".", dist: "dist/app", remoteBuild: false });
    expect(service?.hooks.prepackage?.posix.run).toBe("npm run package");
    expect(service?.hooks.prepackage?.windows.run).toBe("npm run package");
    expect(scripts.scripts).toHaveProperty("package");
  });

  it("keeps the package when azd builds once more: it runs the script `build` after the hook, then packs `dist`", () => {
    const folder = mkdtempSync(join(tmpdir(), "azd builds "));
    try {
      writeFileSync(join(folder, "package.json"), JSON.stringify({ scripts: { clean: scripts.scripts.clean } }));
      for (const path of ["dist/app/host.json", "dist/src/stale.js"]) {
        mkdirSync(join(folder, path, ".."), { recursive: true });
        writeFileSync(join(folder, path), "{}");
      }
      expect(scripts.scripts.build).toBe("npm run clean && tsc -p tsconfig.build.json && node scripts/build-page.ts");
      expect(spawnSync("npm run clean", { cwd: folder, shell: true }).status).toBe(0);
      expect(existsSync(join(folder, "dist/src"))).toBe(false);
      expect(existsSync(join(folder, "dist/app/host.json"))).toBe(true);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("refuses an azd that would build in Azure all the same, and says so where people read what they need", () => {
    expect(project.requiredVersions.azd).toBe(">= 1.23.5");
    expect(readFileSync(join(ROOT, "README.md"), "utf8")).toContain("| azd 1.23.5 or newer");
  });

  it("agrees with .funcignore: azd refuses a build here when that leaves out node_modules", () => {
    const lines = readFileSync(join(ROOT, ".funcignore"), "utf8")
      .split("\n")
      .map((line) => line.trim());
    expect(lines.filter((line) => /^\/?node_modules\/?\**$/.test(line))).toEqual([]);
    // A pattern that is not tied to the root would reach into dependencies.
    expect(lines.filter((line) => line !== "" && !/^[#/]/.test(line))).toEqual([]);
  });

  it("runs scripts that exist", () => {
    for (const { posix, windows } of Object.values(project.hooks).filter((hooks) => hooks !== undefined)) {
      for (const { run } of [posix, windows]) expect(existsSync(join(ROOT, run)), run).toBe(true);
    }
    expect(Object.keys(project.hooks)).toEqual(["postdeploy"]);
  });
});
