import { describe, expect, it } from "vitest";
import { allBicep, type BicepFile, type Declaration, descendants, readBicep } from "./bicep-file.ts";

const files = allBicep();
const deployed = ["infra/main.bicep", "infra/resources.bicep", "infra/event-subscription.bicep"].map(readBicep);

/** Everything of the language that the templates call. */
const FUNCTIONS = new Set(
  `concat contains deployer empty environment fail filter guid items join last length listKeys loadJsonContent loadTextContent map range replace
   resourceGroup resourceId split string subscription subscriptionResourceId take tenant toLower toObject union
   uniqueString`.split(/\s+/),
);

const declares = (file: BicepFile) => [
  ...file.params.keys(),
  ...file.variables.keys(),
  ...file.modules.map((call) => call.symbol),
  ...file.resources.map((resource) => resource.symbol),
];

/** Names that an expression of a file refers to, without names of functions, properties, types and declarations. */
function references(file: BicepFile): string[] {
  return descendants(file.root)
    .filter((node) => node.type === "identifier")
    .filter((node) => {
      const parent = node.parent;
      if (parent === null || parent.type === "import_functionality" || parent.type === "type") return false;
      const first = parent.namedChild(0)?.equals(node) === true;
      if (parent.type.endsWith("_declaration") || parent.type === "object_property") return !first;
      return !(parent.type === "call_expression" && first);
    })
    .map((node) => node.text);
}

describe.each(files.map((file) => [file.path, file] as const))("%s", (_path, file) => {
  it("has no syntax error", () => {
    expect(file.syntaxErrors).toEqual([]);
  });

  it("calls only functions that exist", () => {
    const calls = descendants(file.root)
      .filter((node) => node.type === "call_expression" && node.parent?.type !== "decorator")
      .map((node) => node.namedChild(0)?.text ?? "");
    expect(calls.filter((name) => !FUNCTIONS.has(name))).toEqual([]);
  });

  it("refers only to what it declares", () => {
    const local = descendants(file.root).flatMap((node) => {
      if (node.type === "loop_variable" || node.type === "loop_enumerator") return [node.text];
      return node.type === "lambda_expression" || node.type === "for_statement" ? [node.namedChild(0)?.text ?? ""] : [];
    });
    const known = new Set([...declares(file), ...local]);
    expect(references(file).filter((name) => !known.has(name))).toEqual([]);
  });

  it("uses every parameter, variable and existing resource", () => {
    const used = new Set(references(file));
    const existing = file.resources.filter((resource) => resource.existing).map((resource) => resource.symbol);
    const declared = [...file.params.keys(), ...file.variables.keys(), ...existing];
    expect(declared.filter((name) => !used.has(name))).toEqual([]);
  });

  it("describes itself, every parameter and every output", () => {
    expect(file.source).toMatch(/^metadata (?:name|description) = '.+'$/m);
    const declared = [...file.params.values(), ...file.outputs.values(), ...[...file.types.values()].flat()];
    expect(declared.filter(({ decorators }) => !decorators.get("description")?.endsWith(".'"))).toEqual([]);
  });

  it("takes no module from a registry and turns off no check", () => {
    expect(file.source).not.toMatch(/'(?:br|ts)[:/]|#disable|\bany\(/);
  });

  it("puts no secret into an output", () => {
    const secret = [...file.params.values()]
      .filter(({ decorators }) => decorators.has("secure"))
      .map(({ name }) => name);
    const outputs = [...file.outputs.values()].map(({ value }) => value ?? "").join("\n");
    for (const name of secret) expect(outputs).not.toMatch(new RegExp(`\\b${name}\\b`));
    expect(outputs).not.toMatch(/list\w*\(|ConnectionString/i);
  });
});

describe.each(deployed.map((file) => [file.path, file] as const))("parameters of %s", (_path, file) => {
  const params = [...file.params.values()];
  const has = ({ decorators }: Declaration, ...names: string[]) => names.every((name) => decorators.has(name));

  it("are bounded: numbers and lists from both sides, texts by length or a list of values", () => {
    const free = params.filter((param) => {
      if (param.type === "int") return !has(param, "allowed") && !has(param, "minValue", "maxValue");
      if (param.type === "string[]") return !has(param, "maxLength");
      if (param.type === "string")
        return !has(param, "allowed") && !has(param, "minLength") && !has(param, "maxLength");
      return false;
    });
    // A resource id has no length of its own; what it must be is said by its description.
    expect(free.map(({ name }) => name).filter((name) => !/^existing\w+Id$/.test(name))).toEqual([]);
  });

  it("have a default, but for the few that nobody can know", () => {
    const needed = params.filter(({ value }) => value === undefined).map(({ name }) => name);
    const unknowable = new Set(["environmentName", "location", "functionAppName", "systemTopicId", "storageAccountId"]);
    expect(needed.filter((name) => !unknowable.has(name))).toEqual([]);
  });
});

describe("resource types", () => {
  it("are used with one API version each", () => {
    const versions = new Map<string, Set<string>>();
    for (const { type, apiVersion } of files.flatMap((file) => file.resources)) {
      versions.set(type, (versions.get(type) ?? new Set()).add(apiVersion));
    }
    expect([...versions].filter(([, used]) => used.size > 1)).toEqual([]);
  });

  it("use a preview API only where there is no other", () => {
    const previews = files
      .flatMap((file) => file.resources)
      .filter(({ apiVersion }) => !/^\d{4}-\d\d-\d\d$/.test(apiVersion))
      .map(({ type }) => type);
    expect([...new Set(previews)]).toEqual(["Microsoft.Insights/diagnosticSettings"]);
  });
});
