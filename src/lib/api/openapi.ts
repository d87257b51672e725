import { STATUS_CODES } from "node:http";
import { z } from "zod";
import { VERSION } from "../common/telemetry.ts";
import { problemSchema } from "./common-schemas.ts";
import type { Route } from "./route.ts";

/** Errors that any call may answer. */
const ERRORS = [400, 401, 404, 500, 503] as const;

/** A path segment that stands for a value; `{*name}` takes the slashes of the rest as well. */
const VALUE = /\{\*?([A-Za-z]+)\}/g;

/**
 * The OpenAPI 3.1 document of these routes (https://spec.openapis.org/oas/v3.1.1). Its schemas are those that requests
 * are read with.
 * @param server base address of the functions, without `/api`
 */
export function openApiDocument(routes: readonly Route[], server: string): object {
  const components = new Components();
  const paths: Record<string, Record<string, object>> = {};
  for (const one of routes) {
    const path = `/${one.route.replaceAll(VALUE, "{$1}")}`;
    paths[path] = { ...paths[path], [one.method.toLowerCase()]: operation(one, components) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "language-batch",
      version: VERSION,
      description: "Where the pipelines stand, what failed, what it cost; stop, run again, estimate.",
    },
    servers: [{ url: `${server}/api` }],
    security: [{ functionKey: [] }],
    paths,
    components: {
      schemas: components.schemas,
      securitySchemes: { functionKey: { type: "apiKey", in: "header", name: "x-functions-key" } },
    },
  };
}

/** Schemas that have a name stand once in the document, and are pointed at. */
class Components {
  readonly schemas: Record<string, unknown> = {};

  /** @param io what a reader sends, or what it gets */
  of(schema: z.ZodType, io: "input" | "output"): Record<string, unknown> {
    const { $schema: _dialect, $defs = {}, ...json } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
    Object.assign(this.schemas, moved($defs));
    return moved(json);
  }
}

/** A schema whose references lead to the document's components. */
function moved<Schema extends object>(schema: Schema): Schema {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'));
}

function operation(one: Route, components: Components): object {
  const { name, summary, authLevel, route, query, body, answers, contentType = "application/json" } = one;
  const inPath = [...route.matchAll(VALUE)].map(([, value = ""]) => ({
    name: value,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  const { properties = {} } = components.of(query, "input") as {
    properties?: Record<string, { description?: string }>;
  };
  const inQuery = Object.entries(properties).map(([parameter, { description, ...schema }]) => ({
    name: parameter,
    in: "query",
    ...(description === undefined ? {} : { description }),
    schema,
  }));
  const responses = Object.entries(answers).map(([status, schema]) => [
    status,
    { description: STATUS_CODES[status], content: { [contentType]: { schema: components.of(schema, "output") } } },
  ]);
  const problem = { "application/problem+json": { schema: components.of(problemSchema, "output") } };
  const known = new Set(Object.keys(answers));
  const errors = ERRORS.filter((status) => !known.has(`${status}`) && (status !== 401 || authLevel !== "anonymous"));
  return {
    operationId: name,
    summary: authLevel === "admin" ? `${summary} (master key)` : summary,
    ...(authLevel === "anonymous" ? { security: [] } : {}),
    parameters: [...inPath, ...inQuery],
    ...(body === undefined
      ? {}
      : { requestBody: { content: { "application/json": { schema: components.of(body, "input") } } } }),
    responses: Object.fromEntries([
      ...responses,
      ...errors.map((status) => [`${status}`, { description: STATUS_CODES[status], content: problem }]),
    ]),
  };
}
