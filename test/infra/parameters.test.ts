import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type Declaration, ROOT, readBicep } from "./bicep-file.ts";

const main = readBicep("infra/main.bicep");
const resources = readBicep("infra/resources.bicep");
const schema = z.strictObject({
  $schema: z.literal("https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#"),
  contentVersion: z.literal("1.0.0.0"),
  parameters: z.record(z.string(), z.strictObject({ value: z.unknown() })),
});
const read = (path: string) => schema.parse(JSON.parse(readFileSync(join(ROOT, path), "utf8"))).parameters;

const tunables = new Map((readBicep("infra/tunables.bicep").types.get("tunables") ?? []).map((row) => [row.name, row]));

/** What a parameter takes, by its type and decorators. */
function schemaOf({ type, decorators }: Declaration): z.ZodType {
  const number = (name: string) => Number(decorators.get(name) ?? Number.NaN);
  const allowed = [...(decorators.get("allowed") ?? "").matchAll(/'([^']*)'|(\d+)/g)].map(
    ([, text, digits]) => text ?? Number(digits),
  );
  if (allowed.length > 0) return z.literal(allowed);
  const bounded = <T extends z.ZodString | z.ZodArray>(value: T) => {
    const least = value.min(number("minLength") || 0) as T;
    return decorators.has("maxLength") ? least.max(number("maxLength")) : least;
  };
  if (type === "string") return bounded(z.string());
  if (type === "string[]") return bounded(z.array(z.string()));
  if (type === "bool") return z.boolean();
  if (type === "object") return z.record(z.string(), z.string());
  if (type === "int" || type === "int?") return z.int().min(number("minValue")).max(number("maxValue"));
  if (type === "tunables")
    return z.strictObject(Object.fromEntries([...tunables].map(([name, row]) => [name, schemaOf(row).optional()])));
  throw new Error(`no schema for parameters of type ${type}`);
}

const examples = globSync("infra/examples/*.parameters.json", { cwd: ROOT }).sort();

describe("examples", () => {
  it("show each way of deploying", () => {
    expect(examples.map((path) => path.replace(/^.*\/|\.parameters\.json$/g, ""))).toEqual([
      "dev",
      "existing-resources",
      "private-network",
      "production",
      "scheduler",
    ]);
  });

  it.each(examples)("%s names real parameters, with values that they take, and all that are needed", (path) => {
    const given = read(path);
    for (const [name, { value }] of Object.entries(given)) {
      const param = main.params.get(name);
      expect(param, name).toBeDefined();
      if (param !== undefined) expect(schemaOf(param).safeParse(value), name).toMatchObject({ success: true });
    }
    const needed = [...main.params.values()].filter(({ value }) => value === undefined).map(({ name }) => name);
    expect(needed.filter((name) => !(name in given))).toEqual([]);
  });

  it.each(examples)("%s leaves nothing for azd to fill in", (path) => {
    expect(readFileSync(join(ROOT, path), "utf8")).not.toContain("${");
  });
});

describe("zone redundancy", () => {
  // https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan#per-function-scaling
  const functions = globSync("src/functions/*.ts", { cwd: ROOT }).map((path) => readFileSync(join(ROOT, path), "utf8"));
  const timers = functions.flatMap((text) => [...text.matchAll(/\.timer\("(\w+)"/g)].map(([, name]) => `\`${name}\``));
  const groups = ["HTTP", "blob", "Durable", ...timers.sort().reverse()];

  it("is off in every example: each group of functions would keep two instances ready", () => {
    expect(examples.filter((path) => read(path).zoneRedundant?.value === true)).toEqual([]);
  });

  it("is described with the instances that it keeps ready, for the groups that the app has", () => {
    const page = readFileSync(join(ROOT, "docs/operations.md"), "utf8").replace(/\s+/g, " ");
    expect(page).toContain("groups: HTTP, blob, Durable, and the timers `sweep` and `projectSweep`; ten instances");
    expect(page).toContain(`| \`zoneRedundant\`: ${2 * groups.length} instances |`);
    expect(main.params.get("zoneRedundant")?.decorators.get("description")).toContain("ten instances");
    expect(groups).toEqual(["HTTP", "blob", "Durable", "`sweep`", "`projectSweep`"]);
  });
});

describe("infra/main.parameters.json", () => {
  const given = read("infra/main.parameters.json");

  it("names real parameters", () => {
    expect(Object.keys(given).filter((name) => !main.params.has(name))).toEqual([]);
  });

  it("falls back to the default of the template where azd has no value", () => {
    const without = Object.entries(given).flatMap(([name, { value }]) => {
      const [, fallback] = /^\$\{[A-Z_]+(?:=(.*))?\}$/.exec(String(value)) ?? [undefined, "not a variable of azd"];
      const expected = main.params.get(name)?.value?.replace(/^'|'$/g, "");
      return fallback === expected ? [] : [name];
    });
    // These azd always has, once it knows where and as whom to deploy.
    expect(without).toEqual(["principalId"]);
  });

  it("takes no name that a machine may have for something of its own: azd reads the process environment too", () => {
    // https://github.com/nodejs/docker-node: these images set NODE_VERSION and YARN_VERSION, as 24.14.0.
    const names = Object.values(given).map(({ value }) => /^\$\{([A-Z_]+)/.exec(String(value))?.[1]);
    expect(names.filter((name) => /^(?:NODE|NPM|YARN)_/.test(name ?? ""))).toEqual([]);
  });

  it("is what azd reads: there is no main.bicepparam beside it, which azd would prefer", () => {
    expect(globSync("infra/**/*.bicepparam", { cwd: ROOT })).toEqual([]);
  });
});

describe("main.bicep and resources.bicep", () => {
  const only = (names: string[], other: ReadonlyMap<string, unknown>) => names.filter((name) => !other.has(name));

  it("take the same parameters, with the same bounds, defaults and words", () => {
    expect(only([...main.params.keys()], resources.params)).toEqual(["resourceGroupName"]);
    expect(only([...resources.params.keys()], main.params)).toEqual(["resourceToken"]);
    for (const [name, param] of main.params) {
      const twin = resources.params.get(name);
      if (twin === undefined || name === "location") continue;
      expect({ ...twin, decorators: [...twin.decorators] }, name).toEqual({
        ...param,
        decorators: [...param.decorators],
      });
    }
  });

  it("hand every parameter and every output through under its own name", () => {
    const params = main.modules.find(({ symbol }) => symbol === "resources")?.params ?? new Map();
    expect([...params.keys()].sort()).toEqual([...resources.params.keys()].sort());
    for (const [name, value] of params) expect(value.text).toBe(name);
    for (const [name, output] of resources.outputs) {
      expect(main.outputs.get(name), name).toMatchObject({ type: output.type, value: `resources.outputs.${name}` });
    }
  });
});
