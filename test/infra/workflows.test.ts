import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { ROOT, readBicep } from "./bicep-file.ts";

const env = z.record(z.string(), z.string()).default({});
const step = z.looseObject({
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
  env,
});
const permissions = z.record(z.string(), z.enum(["read", "write", "none"]));
const workflow = z.looseObject({
  name: z.string(),
  permissions,
  jobs: z.record(
    z.string(),
    z.looseObject({
      "timeout-minutes": z.int(),
      "runs-on": z.string(),
      needs: z.string().optional(),
      permissions: permissions.optional(),
      env,
      steps: z.array(step),
      strategy: z.looseObject({ matrix: z.record(z.string(), z.array(z.string())) }).optional(),
    }),
  ),
});

const files = globSync(".github/workflows/*.yml", { cwd: ROOT }).sort();
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const parsed = (path: string) => workflow.parse(parse(read(path)));

describe.each(files)("%s", (path) => {
  it("may read the repository and nothing else, but for the job that signs in, and each job has a time limit", () => {
    const { permissions, jobs } = parsed(path);
    expect(permissions).toEqual({ contents: "read" });
    for (const { permissions, steps } of Object.values(jobs)) {
      const signsIn = steps.some(({ uses }) => uses?.startsWith("azure/login@"));
      expect(permissions).toEqual(signsIn ? { contents: "read", "id-token": "write" } : undefined);
    }
  });

  it("pins every action by commit, and says which version that is", () => {
    const uses = read(path)
      .split("\n")
      .filter((line) => /^\s*(?:- )?uses:/.test(line));
    expect(uses.length).toBeGreaterThan(0);
    for (const line of uses) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it("puts nothing that a stranger wrote into a script, and leaves no token behind", () => {
    for (const { steps } of Object.values(parsed(path).jobs)) {
      for (const { run, uses, with: inputs } of steps) {
        expect(run ?? "").not.toContain("${{ github.");
        if (uses?.startsWith("actions/checkout@")) expect(inputs?.["persist-credentials"]).toBe(false);
      }
    }
  });
});

describe("Node.js", () => {
  it("is tested in every version that the app may run on in Azure", () => {
    const allowed = readBicep("infra/main.bicep").params.get("nodeVersion")?.decorators.get("allowed") ?? "";
    const versions = [...allowed.matchAll(/\d+/g)].map(([version]) => version);
    expect(parsed(".github/workflows/ci.yml").jobs.test?.strategy?.matrix.node).toEqual(versions);
    const { engines } = z.object({ engines: z.object({ node: z.string() }) }).parse(JSON.parse(read("package.json")));
    expect(engines.node).toBe(`>=${versions[0]}`);
  });
});

describe("continuous integration", () => {
  it("compiles the templates in the tests, with the compiler they pin", () => {
    const runs = Object.values(parsed(".github/workflows/ci.yml").jobs).flatMap(({ steps }) =>
      steps.map(({ run }) => run),
    );
    expect(runs).toContain("node node_modules/vitest/vitest.mjs run");
    expect(runs.filter((run) => run?.includes("bicep install"))).toEqual([]);
  });
});

describe("deploying from GitHub", () => {
  // The name that azd pipeline config and the template gallery look for.
  const path = ".github/workflows/azure-dev.yml";
  const { jobs } = parsed(path);
  const provision = jobs.deploy?.steps.find(({ run }) => run?.startsWith("azd provision"));

  it("signs in without a stored secret", () => {
    expect(jobs.deploy?.permissions?.["id-token"]).toBe("write");
    expect(read(path)).not.toContain("secrets.");
  });

  it("signs in after the tests, and just before it is needed: the sign-in lasts for minutes", () => {
    expect(jobs.deploy?.needs).toBe("test");
    expect(jobs.test?.steps.map(({ run }) => run)).toContain(".ci/run");
    const steps = jobs.deploy?.steps.map(({ uses, run, name }) => uses?.split("@")[0] ?? name ?? run) ?? [];
    expect(steps.slice(-5)).toEqual(["npm ci", "azure/login", "Sign in azd", "Provision", "azd deploy --no-prompt"]);
  });

  it("asks for the token of a branch, the one that azd pipeline config prepares", () => {
    for (const job of Object.values(jobs)) expect(job).not.toHaveProperty("environment");
  });

  it("hands on every setting of infra/main.parameters.json, so that none falls back to its default", () => {
    const parameters = read("infra/main.parameters.json");
    const settings = [...parameters.matchAll(/"\$\{([A-Z_]+)(?:=[^}]*)?\}"/g)].map(([, name = ""]) => name);
    expect(settings.length).toBe(parameters.match(/"value":/g)?.length);
    // azd finds out itself as whom it runs.
    const asked = settings.filter((name) => name !== "AZURE_PRINCIPAL_ID").sort();
    const given = { ...jobs.deploy?.env, ...provision?.env };
    const beside = ["AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_SUBSCRIPTION_ID"];
    expect(Object.keys(given).sort()).toEqual([...asked, ...beside].sort());
    for (const [name, value] of Object.entries(given)) {
      expect(value).toBe(name === "AZURE_PRINCIPAL_TYPE" ? "ServicePrincipal" : `\${{ vars.${name} }}`);
    }
  });

  it("reads from GitHub what azd pipeline config puts there", () => {
    const project = z.looseObject({ pipeline: z.looseObject({ variables: z.array(z.string()) }) });
    const { variables } = project.parse(parse(read("azure.yaml"))).pipeline;
    expect(variables).toEqual(Object.keys(provision?.env ?? {}).filter((name) => name !== "AZURE_PRINCIPAL_TYPE"));
  });
});
