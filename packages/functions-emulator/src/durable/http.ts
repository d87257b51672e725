import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { type Management, ManagementRefusal } from "./management.ts";
import type { Registry } from "./registry.ts";

/** A request to the management API, taken apart. */
export interface ManagementRequest {
  method: string;
  /** The decoded parts of the path after the prefix. */
  path: readonly string[];
  query: URLSearchParams;
  headers: IncomingMessage["headers"];
  /** The whole address, as the client sees it. */
  url: URL;
  /** The address of the prefix, without a slash at its end. */
  baseUrl: string;
  body(): Promise<string>;
}

/** An answer of the management API; `body` is sent as JSON. */
export interface ManagementReply {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
}

/** What the routes lead to. */
export interface Routes {
  management: Management;
  registry: Registry;
  taskHub: string;
}

/** Takes a request apart; `relativePath` is its path after the prefix, as sent. */
export function readRequest(request: IncomingMessage, relativePath: string): ManagementRequest {
  const url = new URL(request.url ?? "/", `http://${request.headers.host ?? "localhost"}`);
  const prefix = url.pathname.slice(0, url.pathname.length - relativePath.length);
  return {
    method: request.method ?? "GET",
    path: relativePath.split("/").map(decode),
    query: url.searchParams,
    headers: request.headers,
    url,
    baseUrl: `${url.origin}${prefix.replace(/\/$/, "")}`,
    body: () => text(request),
  };
}

/** Writes an answer and ends it. */
export function sendReply(response: ServerResponse, { status, headers, body }: ManagementReply): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
  if (body === undefined) {
    response.end();
  } else {
    response.setHeader("Content-Type", "application/json; charset=utf-8");
    response.end(JSON.stringify(body));
  }
}

/**
 * The body of a request as JSON text, undefined if it is empty.
 *
 * @throws ManagementRefusal (400) if it is not JSON.
 */
export async function jsonBody(request: ManagementRequest): Promise<string | undefined> {
  const body = await request.body();
  if (body.trim() === "") return undefined;
  try {
    JSON.parse(body);
    return body;
  } catch {
    throw new ManagementRefusal(400, "The body of the request is not valid JSON.");
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // the client does not encode ids: a lone % is itself
  }
}
