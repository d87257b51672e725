import type { z } from "zod";
import { jsonPath } from "../common/json-file.ts";
import { nearestName, quote, valueAt } from "../common/problems.ts";

type Method = "GET" | "PUT" | "POST" | "DELETE";

/** One call of the HTTP API: what it is named, takes and answers. */
export interface Route<Query extends z.ZodObject = z.ZodObject, Body extends z.ZodType = z.ZodType> {
  /** The function's name. */
  name: string;
  method: Method;
  /** Below `/api/`, as the host writes it: `documents/{*name}`. */
  route: string;
  /** Whose key it takes; `admin`: the app's master key. */
  authLevel: "anonymous" | "function" | "admin";
  /** One line. */
  summary: string;
  query: Query;
  /** What a body holds; absent: it is not read as JSON of ours. */
  body?: Body;
  /** By status. Errors are problem details. */
  answers: Readonly<Record<number, z.ZodType>>;
  /** Of what is answered; absent: JSON. */
  contentType?: string;
}

/** Keeps the types of what a route takes. */
export function route<Query extends z.ZodObject, Body extends z.ZodType = z.ZodUndefined>(
  one: Route<Query, Body>,
): Route<Query, Body> {
  return one;
}

/** The host's own parameters: a key, and the name of a key. They belong to no route that does not name them. */
const OF_THE_HOST: ReadonlySet<string> = new Set(["code", "clientId"]);

/**
 * The query of a request, by name. `code` is both a filter of ours and the host's name for a key: with a key in the
 * header it is the filter; otherwise the first `code` that looks like no error code is the key.
 * @param known names of the route's parameters
 */
export function queryOf(
  query: URLSearchParams,
  headers: { has(name: string): boolean },
  known: readonly string[],
): Record<string, string> {
  const values: Record<string, string> = {};
  const isKey = (name: string, value: string): boolean =>
    OF_THE_HOST.has(name) && (!known.includes(name) || (!headers.has("x-functions-key") && !ERROR_CODE.test(value)));
  for (const [name, value] of query) if (value !== "" && !isKey(name, value)) values[name] ??= value;
  return values;
}

/** Codes of errors are words; keys are longer than any of them, and hold digits, signs or both. */
const ERROR_CODE = /^[A-Za-z0-9_.]{1,39}$/;

/** @throws RequestRefused naming each parameter that is wrong */
export function parseQuery<Shape extends z.ZodObject>(schema: Shape, query: Record<string, string>): z.output<Shape> {
  const known = Object.keys(schema.shape);
  const takesAll = schema.def.catchall?._zod.def.type === "unknown";
  const unknown = takesAll ? undefined : Object.keys(query).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const nearest = nearestName(unknown, known);
    const takes = known.length === 0 ? "It takes no parameter." : `It takes ${known.join(", ")}.`;
    throw new RequestRefused(400, {
      code: "UnknownParameter",
      message: `There is no parameter ${quote(unknown)} here${nearest === undefined ? "" : `; was ${nearest} meant?`}`,
      hint: takes,
    });
  }
  return parse(schema, query, "query");
}

/** @param text a request's body; nothing counts as an empty object @throws RequestRefused naming each value that is wrong */
export function parseBody<Schema extends z.ZodType>(schema: Schema, text: string): z.output<Schema> {
  let value: unknown;
  try {
    value = text.trim() === "" ? {} : JSON.parse(text);
  } catch {
    throw new RequestRefused(400, {
      code: "InvalidRequest",
      message: "The body is no JSON",
      hint: "Send a JSON object; GET /api/openapi.json says of what form.",
    });
  }
  return parse(schema, value, "body");
}

/** An issue of a schema may name the code of the refusal: `params: { code }`. */
function parse<Schema extends z.ZodType>(schema: Schema, value: unknown, part: "query" | "body"): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const problems = issues.map(({ path, message }) => ({
    where: path.length === 0 ? part : `${part}.${jsonPath(path)}`,
    found: quote(valueAt(value, path)),
    expected: message,
  }));
  const codes = issues.map((issue) => (issue.code === "custom" ? issue.params?.code : undefined));
  const [first] = problems;
  throw new RequestRefused(400, {
    code: typeof codes[0] === "string" ? codes[0] : "InvalidRequest",
    message: `${first?.where}: found ${first?.found}, expected ${first?.expected}`,
    hint: "Correct what problems lists; GET /api/openapi.json says what each call takes.",
    problems,
  });
}

/** What is wrong with a request, in words for whoever sent it. */
export interface Refusal {
  /** For programs; it never changes. */
  code: string;
  message: string;
  hint: string;
  /** Each thing that is wrong, where there may be several. */
  problems?: readonly object[] | undefined;
  /** What else the answer says, by name. */
  about?: object;
}

/** An HTTP request that cannot be done as it was sent. Its answer is one of problem details (RFC 9457). */
export class RequestRefused extends Error {
  override readonly name = "RequestRefused";
  /** HTTP status, 400 to 599. */
  readonly status: number;
  readonly refusal: Refusal;

  constructor(status: number, refusal: Refusal) {
    super(refusal.message);
    this.status = status;
    this.refusal = refusal;
  }
}

/** Refuses a cursor that no answer gave. */
export function unknownCursor(): never {
  const message = "The cursor is none that an answer gave";
  const hint = "Send nextCursor of the answer before as it is, with the same parameters; or none to begin anew.";
  throw new RequestRefused(400, { code: "InvalidCursor", message, hint });
}
