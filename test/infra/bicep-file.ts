import { globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, normalize } from "node:path";
import { Language, type Node, Parser } from "web-tree-sitter";

/** The repository. */
export const ROOT = join(import.meta.dirname, "..", "..");

/** A parameter, an output, or a property of a user-defined type. */
export interface Declaration {
  name: string;
  /** As written: `string`, `string[]`, `tunables`. */
  type: string;
  /** The default or value, as written; undefined when there is none. */
  value: string | undefined;
  /** Arguments of each decorator, as written. */
  decorators: ReadonlyMap<string, string>;
}

interface ModuleCall {
  symbol: string;
  /** Path of the module from the repository. */
  path: string;
  params: ReadonlyMap<string, Node>;
  conditional: boolean;
}

interface ResourceDeclaration {
  symbol: string;
  type: string;
  apiVersion: string;
  existing: boolean;
  body: Node;
}

/** A Bicep file as its syntax tree tells it. A parser is more lenient than the compiler: passing is no proof. */
export interface BicepFile {
  path: string;
  source: string;
  root: Node;
  syntaxErrors: string[];
  params: ReadonlyMap<string, Declaration>;
  outputs: ReadonlyMap<string, Declaration>;
  /** Names and values. */
  variables: ReadonlyMap<string, Node>;
  modules: readonly ModuleCall[];
  resources: readonly ResourceDeclaration[];
  imports: readonly string[];
  /** Properties of each user-defined object type. */
  types: ReadonlyMap<string, readonly Declaration[]>;
}

await Parser.init();
const grammar = createRequire(import.meta.url).resolve("tree-sitter-bicep/tree-sitter-bicep.wasm");
const parser = new Parser();
parser.setLanguage(await Language.load(grammar));

/** Reads a Bicep file. The path is from the repository. */
export function readBicep(path: string): BicepFile {
  const source = readFileSync(join(ROOT, path), "utf8");
  const root = parser.parse(source)?.rootNode;
  if (root === undefined) throw new Error(`${path} could not be parsed`);
  const of = (type: string) => root.namedChildren.filter((node) => node.type === type);
  const declared = (type: string) => new Map(of(type).map((node) => [nameOf(node), declaration(node)]));
  return {
    path,
    source,
    root,
    syntaxErrors: descendants(root)
      .filter((node) => node.isError || node.isMissing)
      .map((node) => `${path}:${node.startPosition.row + 1}: ${node.text.slice(0, 60)}`),
    params: declared("parameter_declaration"),
    outputs: declared("output_declaration"),
    variables: new Map(of("variable_declaration").map((node) => [nameOf(node), lastOf(node)])),
    modules: of("module_declaration").map((node) => moduleCall(node, path)),
    resources: of("resource_declaration").map(resource),
    imports: of("import_functionality").map((node) => nameOf(node)),
    types: new Map(of("type_declaration").map((node) => [nameOf(node), typeProperties(lastOf(node))])),
  };
}

/** Every Bicep file of the repository. */
export function allBicep(): BicepFile[] {
  return globSync("infra/**/*.bicep", { cwd: ROOT }).sort().map(readBicep);
}

/** The node and everything below it. */
export function descendants(node: Node): Node[] {
  return [node, ...node.children.flatMap(descendants)];
}

/** Properties of an object literal, by name. */
export function properties(object: Node): Map<string, Node> {
  const pairs = object.namedChildren.filter((node) => node.type === "object_property");
  return new Map(pairs.map((pair) => [unquoted(pair.namedChild(0)?.text ?? ""), lastOf(pair)]));
}

/** A value by its path into nested object literals. */
export function valueAt(object: Node, ...path: string[]): Node {
  return path.reduce((node, name) => {
    const value = properties(node).get(name);
    if (value === undefined) throw new Error(`no property ${name} in ${node.text.slice(0, 80)}`);
    return value;
  }, object);
}

/** A string literal without its quotes. */
export function unquoted(text: string): string {
  return text.replace(/^'|'$/g, "").replaceAll("\\'", "'");
}

function moduleCall(node: Node, path: string): ModuleCall {
  const target = unquoted(stringOf(node));
  const params = properties(bodyOf(node)).get("params");
  return {
    symbol: nameOf(node),
    path: normalize(join(dirname(path), target)),
    params: params === undefined ? new Map() : properties(params),
    conditional: /=\s*(?:\[\s*for [^:]+:\s*)?if\s*\(/.test(node.text),
  };
}

function resource(node: Node): ResourceDeclaration {
  const [type = "", apiVersion = ""] = unquoted(stringOf(node)).split("@");
  const existing = /^resource\s+\w+\s+'[^']*'\s+existing\b/.test(node.text);
  return { symbol: nameOf(node), type, apiVersion, existing, body: bodyOf(node) };
}

function declaration(node: Node): Declaration {
  const type = node.namedChildren.find((child) => child.type === "type" || child.type === "nullable_type");
  const value = lastOf(node);
  return {
    name: nameOf(node),
    type: type?.text ?? lastOf(node).text,
    value: type === undefined || value.equals(type) ? undefined : value.text,
    decorators: decoratorsBefore(node),
  };
}

function typeProperties(object: Node): Declaration[] {
  return object.namedChildren.filter((node) => node.type === "object_property").map(declaration);
}

function decoratorsBefore(node: Node): Map<string, string> {
  const found = node.previousNamedSibling;
  if (found?.type !== "decorators") return new Map();
  const calls = found.namedChildren.flatMap((decorator) => decorator.namedChildren);
  return new Map(calls.map((call) => [nameOf(call), lastOf(call).text.replace(/^\(|\)$/g, "")]));
}

/** The object of a resource or module, below its condition or loop. */
function bodyOf(node: Node): Node {
  if (node.type === "object") return node;
  const last = lastOf(node);
  return bodyOf(last);
}

function nameOf(node: Node): string {
  return node.namedChild(0)?.text ?? "";
}

function stringOf(node: Node): string {
  return node.namedChildren.find((child) => child.type === "string")?.text ?? "";
}

function lastOf(node: Node): Node {
  const last = node.namedChild(node.namedChildCount - 1);
  if (last === null) throw new Error(`${node.type} is empty: ${node.text.slice(0, 80)}`);
  return last;
}
