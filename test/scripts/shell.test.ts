import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { ROOT, readBicep } from "../infra/bicep-file.ts";
import { toolForTests } from "./tool-for-tests.ts";

const workflow = z.looseObject({
  jobs: z.record(z.string(), z.looseObject({ steps: z.array(z.looseObject({ run: z.string().optional() })) })),
});

const scripts = [...globSync("scripts/*.sh", { cwd: ROOT }), ".ci/run"].sort();
const shellcheck = toolForTests(["shellcheck", "--version"], "apt-get install shellcheck");

/** The shell steps of the workflows; what GitHub puts in for an expression is a word to the shell. */
const steps = globSync(".github/workflows/*.yml", { cwd: ROOT }).flatMap((path) => {
  const { jobs } = workflow.parse(parse(readFileSync(join(ROOT, path), "utf8")));
  const runs = Object.values(jobs).flatMap(({ steps }) => steps.map(({ run }) => run ?? ""));
  return runs.filter((run) => run !== "").map((run) => [path, run.replaceAll(/\$\{\{.*?\}\}/g, "word")] as const);
});

/** What shellcheck has to say, down to style. */
function findings(args: readonly string[], input?: string): string {
  const options = { cwd: ROOT, encoding: "utf8" } as const;
  const command = ["--severity", "style", ...args];
  return spawnSync("shellcheck", command, input === undefined ? options : { ...options, input }).stdout;
}

describe("shell scripts", () => {
  it.for(scripts)("%s passes shellcheck", (path, context) => {
    shellcheck(context);
    expect(findings([path])).toBe("");
  });

  it.for(steps)("a step of %s passes shellcheck: %s", ([, run], context) => {
    shellcheck(context);
    expect(findings(["--shell", "bash", "-"], run)).toBe("");
  });

  it.each(globSync("scripts/*.sh", { cwd: ROOT }))(
    "%s asks for nothing that a plain sh lacks, and stops at the first failure",
    (path) => {
      const text = readFileSync(join(ROOT, path), "utf8");
      expect(text).toMatch(/^#!\/bin\/sh\n/);
      expect(text).toMatch(/^set -eu$/m);
    },
  );
});

describe("scripts/create-event-subscription", () => {
  const text = (extension: string) =>
    readFileSync(join(ROOT, `scripts/create-event-subscription.${extension}`), "utf8");
  /** Names of the parameters that a script hands to the template. */
  const handed = (source: string) => [...source.matchAll(/\b([a-z]\w+)=["$]/g)].map(([, name]) => name ?? "");
  const template = readBicep("infra/event-subscription.bicep");
  const sorted = (names: Iterable<string>) => [...new Set(names)].sort();
  const params = (extension: string) => sorted(handed(text(extension)).filter((name) => template.params.has(name)));
  const variables = (extension: string) => sorted(text(extension).match(/\b(?:[A-Z]+_){1,}[A-Z]+\b/g) ?? []);

  it("hands over everything that differs between deployments, in both shells alike", () => {
    const tuning = ["maxDeliveryAttempts", "eventTimeToLiveInMinutes"];
    expect(params("sh")).toEqual(sorted([...template.params.keys()].filter((name) => !tuning.includes(name))));
    expect(params("ps1")).toEqual(params("sh"));
  });

  it("reads the same environment in both shells, and only what the templates put out", () => {
    expect(variables("ps1")).toEqual(variables("sh"));
    const outputs = new Set(readBicep("infra/main.bicep").outputs.keys());
    const own = ["AZURE_SUBSCRIPTION_ID", "EXTENSION_KEY_ATTEMPTS", "EXTENSION_KEY_PAUSE_SECONDS"];
    expect(variables("sh").filter((name) => !outputs.has(name) && !own.includes(name))).toEqual([]);
  });

  it("gives the same advice in both shells", () => {
    const advice = (extension: string) =>
      text(extension)
        .split("\n")
        .flatMap((line) => /^\s*['"](\s*- .*?)['"](?: \\)?$/.exec(line)?.[1] ?? [])
        .sort();
    expect(advice("sh").length).toBeGreaterThan(5);
    expect(advice("ps1")).toEqual(advice("sh"));
  });
});
