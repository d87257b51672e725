import { callName, type Operation } from "../http/call.ts";
import { escapePattern } from "../text.ts";
import { GENERATIONS } from "../text-analytics-v3/versions.ts";
import type { ScenarioAction, ScenarioRule } from "./schema.ts";

interface CountedRule {
  rule: ScenarioRule;
  matched: number;
  applied: number;
}

/** The rules in force, with their counts. */
export class Scenario {
  readonly #rules: CountedRule[];

  constructor(rules: readonly ScenarioRule[]) {
    this.#rules = rules.map((rule) => ({ rule, matched: 0, applied: 0 }));
  }

  /** The actions of every rule that applies to this request, in order of the rules. Counts it as seen. */
  actionsFor(facts: RequestFacts): ScenarioAction[] {
    return this.#rules.flatMap((counted) => {
      const { rule } = counted;
      if (!fits(rule, facts)) return [];
      counted.matched++;
      const { nth, every } = rule.when;
      const due =
        (nth === undefined || [nth].flat().includes(counted.matched)) &&
        (every === undefined || counted.matched % every === 0) &&
        (rule.times === undefined || counted.applied < rule.times);
      if (!due) return [];
      counted.applied++;
      return rule.do;
    });
  }

  /** Each rule with how many requests fitted it and how often it took effect. */
  report(): { rule: ScenarioRule; matched: number; applied: number }[] {
    return this.#rules.map(({ rule, matched, applied }) => ({ rule, matched, applied }));
  }
}

function fits({ when }: ScenarioRule, facts: RequestFacts): boolean {
  const { operation, method, path, taskKind, text, documents } = when;
  return (
    (operation === undefined || operation === facts.operation) &&
    (method === undefined || method.toUpperCase() === facts.method) &&
    (path === undefined || pathPattern(path).test(facts.path)) &&
    (taskKind === undefined || facts.taskKinds.includes(taskKind)) &&
    (text === undefined || facts.texts.some((candidate) => candidate.includes(text))) &&
    (documents === undefined ||
      (facts.operation === "submit" &&
        facts.texts.length >= (documents.min ?? 0) &&
        facts.texts.length <= (documents.max ?? Number.POSITIVE_INFINITY)))
  );
}

function pathPattern(path: string): RegExp {
  return new RegExp(`^${path.split("*").map(escapePattern).join(".*")}$`, "u");
}

/** What rules can ask of a request. Kinds and texts are those of a submit whose body can be read. */
export interface RequestFacts {
  method: string;
  path: string;
  operation: Operation | undefined;
  /** How a 429 names it. */
  name: string;
  taskKinds: readonly string[];
  texts: readonly string[];
}

type Loose = Readonly<Record<string, unknown>>;

/** Reads what can be read, whatever else is wrong with the body. */
export function requestFacts(
  { method, path, query }: { method: string; path: string; query: URLSearchParams },
  operation: Operation | undefined,
  body: string,
): RequestFacts {
  const content = operation === "submit" || operation === "detectLanguage" ? looseObject(parse(body)) : {};
  const documents = looseArray(looseObject(content.analysisInput).documents);
  return {
    method,
    path,
    operation,
    name: callName(operation, path, query),
    taskKinds: taskKinds(content.tasks),
    texts: documents.map((document) => String(looseObject(document).text ?? "")),
  };
}

function taskKinds(tasks: unknown): string[] {
  if (Array.isArray(tasks)) return tasks.map((task) => String(looseObject(task).kind));
  return Object.entries(looseObject(tasks)).flatMap(([list, entries]) => {
    const kind = GENERATIONS.map(({ lists }) => lists[list]).find((found) => found !== undefined) ?? list;
    return looseArray(entries).map(() => kind);
  });
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function looseObject(value: unknown): Loose {
  return typeof value === "object" && value !== null ? (value as Loose) : {};
}

function looseArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
