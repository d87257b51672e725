import {
  createScanner,
  findNodeAtLocation,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from "jsonc-parser";
import type { SettingsProblem } from "./problems.ts";

/** A JSON file with comments, parsed, whose values can be found again in the text. */
export interface JsonFile {
  value: unknown;
  /** Line of the value at a path, or of the nearest thing around it; counted from 1. */
  lineOf(path: readonly PropertyKey[]): number;
  /** What is wrong with the text itself. */
  problems: readonly SettingsProblem[];
}

/** Reads JSON that may hold comments and trailing commas; a name used twice in one object is a problem. */
export function readJson(text: string): JsonFile {
  const errors: ParseError[] = [];
  const withoutMark = text.replace(/^\uFEFF/, "");
  if (isTooDeep(withoutMark)) return { value: undefined, lineOf: () => 1, problems: [TOO_DEEP] };
  const root = parseTree(withoutMark, errors, { allowTrailingComma: true });
  const lineAt = (offset: number) => withoutMark.slice(0, offset).split("\n").length;
  return {
    value: root === undefined ? undefined : getNodeValue(root),
    lineOf: (path) => lineAt(root === undefined ? 0 : nearestNode(root, path).offset),
    problems: [
      ...errors.map((error) => syntaxProblem(error, lineAt)),
      ...(root === undefined ? [] : repeatedNames(root, lineAt)),
    ],
  };
}

/** No file of ours nests a tenth of that, and deeper ones than a few thousand use up the stack of whoever reads them. */
const MOST_LEVELS = 100;

const TOO_DEEP: SettingsProblem = {
  where: "the file",
  found: `values inside one another more than ${MOST_LEVELS} times`,
  expected: `at most ${MOST_LEVELS} levels`,
};

/** True for JSON, with comments or without, that nests deeper than any file or request of this app. */
export function isTooDeep(text: string): boolean {
  const scanner = createScanner(text, true);
  let level = 0;
  while (scanner.getPosition() < text.length && level <= MOST_LEVELS) {
    scanner.scan();
    const token = scanner.getTokenLength() === 1 ? text[scanner.getTokenOffset()] : undefined;
    if (token === "{" || token === "[") level++;
    if (token === "}" || token === "]") level--;
  }
  return level > MOST_LEVELS;
}

/** `pipelines[0].tasks[1].projectName`. */
export function jsonPath(path: readonly PropertyKey[]): string {
  const text = path.map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`)).join("");
  return text.replace(/^\./, "") || "the file";
}

function nearestNode(root: Node, path: readonly PropertyKey[]): Node {
  for (let length = path.length; length > 0; length--) {
    const steps = path.slice(0, length).map((step) => (typeof step === "number" ? step : String(step)));
    const node = findNodeAtLocation(root, steps);
    if (node !== undefined) return node;
  }
  return root;
}

function syntaxProblem({ error, offset }: ParseError, lineAt: (offset: number) => number): SettingsProblem {
  const words = printParseErrorCode(error)
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase();
  return {
    where: "the file",
    line: lineAt(offset),
    found: `a mistake in the JSON: ${words}`,
    expected: "JSON (comments are allowed)",
  };
}

function repeatedNames(node: Node, lineAt: (offset: number) => number): SettingsProblem[] {
  const seen = new Set<string>();
  const problems: SettingsProblem[] = [];
  for (const child of node.children ?? []) {
    problems.push(...repeatedNames(child, lineAt));
    const key = node.type === "object" ? child.children?.[0] : undefined;
    if (key === undefined) continue;
    const name = String(key.value);
    if (seen.has(name)) {
      problems.push({
        where: name,
        line: lineAt(key.offset),
        found: "the same name twice in one object",
        expected: "it once",
      });
    }
    seen.add(name);
  }
  return problems;
}
