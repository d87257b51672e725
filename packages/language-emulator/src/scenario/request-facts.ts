import type { Operation } from "../http/call.ts";
import { GENERATIONS } from "../wire/preview/generations.ts";

/** What rules can ask of a request. Kinds and texts are those of a submit whose body can be read. */
export interface RequestFacts {
  method: string;
  path: string;
  operation: Operation | undefined;
  taskKinds: readonly string[];
  texts: readonly string[];
}

type Loose = Readonly<Record<string, unknown>>;

/** Reads what can be read, whatever else is wrong with the body. */
export function requestFacts(
  method: string,
  path: string,
  operation: Operation | undefined,
  body: string,
): RequestFacts {
  const content = operation === "submit" ? looseObject(parse(body)) : {};
  const documents = looseArray(looseObject(content.analysisInput).documents);
  return {
    method,
    path,
    operation,
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
