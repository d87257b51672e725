import { globSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { allBicep, type BicepFile, descendants, ROOT, unquoted } from "./bicep-file.ts";

const files = new Map(allBicep().map((file) => [file.path, file]));
const calls = [...files.values()].flatMap((file) => file.modules.map((call) => ({ file, call })));

/** `module.outputs.name`, in an expression: the module and the name. */
function outputsUsed(file: BicepFile): { symbol: string; asserted: boolean; output: string }[] {
  return descendants(file.root).flatMap((node) => {
    const match = node.type === "member_expression" && /^(\w+)(!?)\.outputs\.(\w+)$/.exec(node.text);
    return match ? [{ symbol: match[1] ?? "", asserted: match[2] === "!", output: match[3] ?? "" }] : [];
  });
}

/** Most characters that a parameter, or a string with parameters in it, can have; undefined when nothing says so. */
function longest(text: string, file: BicepFile): number | undefined {
  const bound = (name: string) => Number(file.params.get(name)?.decorators.get("maxLength") ?? Number.NaN);
  const parts = text.startsWith("'") ? unquoted(text).split(/\$\{([^}]+)\}/) : ["", text];
  const sum = parts.map((part, index) => (index % 2 === 0 ? part.length : bound(part))).reduce((a, b) => a + b);
  return Number.isNaN(sum) ? undefined : sum;
}

const titled = calls.map(({ file, call }) => [`${file.path}: ${call.symbol}`, file, call] as const);

describe.each(titled)("%s", (_title, file, call) => {
  const target = files.get(call.path);

  it("names a module that exists", () => {
    expect([...files.keys()]).toContain(call.path);
  });

  it("gives every parameter that the module needs, and no other", () => {
    const params = [...(target?.params.values() ?? [])];
    const needed = params.filter(({ value }) => value === undefined).map(({ name }) => name);
    const given = [...call.params.keys()];
    expect(given.filter((name) => !target?.params.has(name))).toEqual([]);
    expect(needed.filter((name) => !given.includes(name))).toEqual([]);
  });

  it("gives literals of the type, and among the values, that the parameter takes", () => {
    for (const [name, node] of call.params) {
      const param = target?.params.get(name);
      const type = { string: "string", number: "int", boolean: "bool" }[node.type];
      if (type === undefined || node.text.includes("${")) continue;
      expect(param?.type, name).toBe(type);
      const allowed = param?.decorators.get("allowed");
      if (allowed !== undefined) expect(allowed, name).toContain(`'${unquoted(node.text)}'`);
    }
  });

  it("gives no string that can be longer than the parameter takes", () => {
    for (const [name, node] of call.params) {
      const bound = target?.params.get(name)?.decorators.get("maxLength");
      const most = longest(node.text, file);
      if (bound !== undefined && most !== undefined) expect(most, name).toBeLessThanOrEqual(Number(bound));
    }
  });
});

it("names of alerts fit, however long the name of the environment is", () => {
  const alerts = files.get("infra/modules/alerts.bicep");
  const names = [...(alerts?.source ?? "").matchAll(/name: '([a-z]+(?:-[a-z]+)*)'/g)].map(
    ([, name = ""]) => name.length,
  );
  expect(names.length).toBeGreaterThan(12);
  // https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftinsights
  const prefix = Number(alerts?.params.get("prefix")?.decorators.get("maxLength"));
  expect(prefix + 1 + Math.max(...names)).toBeLessThanOrEqual(260);
});

describe.each([...files.values()].map((file) => [file.path, file] as const))("%s", (_path, file) => {
  it("reads only outputs that its modules have", () => {
    for (const { symbol, output } of outputsUsed(file)) {
      const call = file.modules.find((candidate) => candidate.symbol === symbol);
      expect([...(files.get(call?.path ?? "")?.outputs.keys() ?? [])], symbol).toContain(output);
    }
  });

  it("says so where it reads an output of a module that may not be there", () => {
    for (const { symbol, asserted } of outputsUsed(file)) {
      const call = file.modules.find((candidate) => candidate.symbol === symbol);
      expect(asserted, symbol).toBe(call?.conditional);
    }
  });

  it("loads only files that exist", () => {
    const folder = file.path.replace(/[^/]+$/, "");
    const loaded = [...file.source.matchAll(/load(?:Text|Json)Content\('([^']+)'\)|import \{.*\} from '([^']+)'/g)];
    for (const [, content, imported] of loaded) {
      expect(globSync(`${folder}${content ?? imported}`, { cwd: ROOT }), content ?? imported).toHaveLength(1);
    }
  });
});

it("every module is called by something", () => {
  const called = new Set(calls.map(({ call }) => call.path));
  const modules = [...files.keys()].filter((path) => path.startsWith("infra/modules/"));
  expect(modules.filter((path) => !called.has(path))).toEqual([]);
});
