import { STATUS_CODES } from "node:http";
import { app as functions, type HttpRequest, type HttpResponseInit, type InvocationContext } from "@azure/functions";
import { RestError } from "@azure/storage-blob";
import * as df from "durable-functions";
import type { z } from "zod";
import { parseBody, parseQuery, queryOf, RequestRefused, type Route } from "../../lib/api/route.ts";
import { describeError } from "../../lib/common/log.ts";
import { SettingsError } from "../../lib/common/problems.ts";
import { UnreadableBlobError } from "../../lib/storage/versioned-json.ts";

/** A request as its route's schemas have read it. */
interface Asked<Query, Body> {
  request: HttpRequest;
  context: InvocationContext;
  /** Values of the path, decoded; empty where there is none of the name. */
  param(name: string): string;
  query: Query;
  body: Body;
}

type Handler<Query, Body> = (asked: Asked<Query, Body>) => Promise<HttpResponseInit>;

/**
 * Registers the function of a route. What it is sent is read by the route's schemas; its errors, all of them, are answered
 * as problem details (RFC 9457) with `code` and `hint`.
 */
export function endpoint<Query extends z.ZodObject, Body extends z.ZodType>(
  route: Route<Query, Body>,
  handler: Handler<z.output<Query>, z.output<Body>>,
): void {
  functions.http(route.name, {
    route: route.route,
    methods: [route.method],
    authLevel: route.authLevel,
    extraInputs: [df.input.durableClient()],
    handler: async (request, context) => {
      try {
        const query = queryOf(request.query, request.headers, Object.keys(route.query.shape));
        return await handler({
          request,
          context,
          param: (name) => request.params[name] ?? "",
          query: parseQuery(route.query, query),
          body: route.body === undefined ? undefined : parseBody(route.body, await request.text()),
        } as Asked<z.output<Query>, z.output<Body>>);
      } catch (error) {
        const { status, refusal } = error instanceof RequestRefused ? error : ownFault(error, context);
        const { code, message, hint, problems, about } = refusal;
        return {
          status,
          headers: { "content-type": "application/problem+json" },
          body: JSON.stringify({
            title: STATUS_CODES[status],
            status,
            detail: message,
            code,
            hint,
            problems,
            ...about,
          }),
        };
      }
    },
  });
}

/** What is wrong on this side: the log says all of it, the answer what the reader can do. */
function ownFault(error: unknown, context: InvocationContext): RequestRefused {
  context.error(`${context.functionName}: ${describeError(error)}`);
  if (error instanceof SettingsError) {
    const { message, problems } = error;
    const hint = "Correct what problems lists; GET /api/health shows when all is well.";
    return new RequestRefused(503, { code: "InvalidSettings", message, hint, problems });
  }
  if (error instanceof UnreadableBlobError) {
    const hint = "Nothing is done with what that blob speaks of until then.";
    return new RequestRefused(500, { code: "UnreadableBlob", message: error.message, hint });
  }
  if (error instanceof RestError && error.statusCode === 400) {
    const message = `The storage service knows no such name (${error.code ?? "400"})`;
    const hint = "Names and prefixes are sent as they are given; correct the one in the request.";
    return new RequestRefused(400, { code: "InvalidName", message, hint });
  }
  if (error instanceof RestError) {
    const message = `The storage account did not do what was asked of it (${error.code ?? error.statusCode ?? "no answer"})`;
    const hint = "GET /api/health says what cannot be reached, and what to do; then try again.";
    return new RequestRefused(503, { code: "StorageUnavailable", message, hint });
  }
  const message = `${context.functionName} failed in a way nobody foresaw`;
  return new RequestRefused(500, {
    code: "InternalError",
    message,
    hint: `The log of the app has it under the invocation ${context.invocationId}.`,
  });
}

/** 202 with the address at which this app tells how it goes: Durable Functions' own would also let everybody end it. */
export function accepted(request: HttpRequest, id: string, path: string): HttpResponseInit {
  const statusQueryGetUri = new URL(path, new URL("/api/", request.url)).href;
  return {
    status: 202,
    headers: { location: statusQueryGetUri, "retry-after": "5" },
    jsonBody: { id, statusQueryGetUri },
  };
}
