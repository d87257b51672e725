import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { managementUrls, type WebhookTarget } from "./client-binding.ts";
import { entityInstanceId, parseEntityInstanceId } from "./limits.ts";
import { type Management, ManagementRefusal, newInstanceId } from "./management.ts";
import type { Registry } from "./registry.ts";
import { isFinished } from "./state.ts";
import { page, pageSize, readFilter, statusOf, wholeSeconds } from "./status.ts";

/**
 * Answers one request of the management API, as the extension's `HttpApiHandler.cs` does.
 *
 * @throws ManagementRefusal for a request that is refused.
 */
export async function route(request: ManagementRequest, routes: Routes): Promise<ManagementReply> {
  const [collection, ...rest] = request.path;
  if (collection === "orchestrators") return await start(request, rest, routes);
  if (collection === "entities") return await entityRoutes(request, rest, routes);
  if (collection !== "instances") return { status: 404 };
  const [instanceId = "", operation, eventName] = rest;
  if (instanceId === "") return await allInstances(request, routes);
  if (operation === undefined) return await oneInstance(request, instanceId, routes);
  if (request.method !== "POST") return { status: 404 };
  return await operate(request, instanceId, [operation.toLowerCase(), eventName], routes);
}

async function start(request: ManagementRequest, path: string[], routes: Routes): Promise<ManagementReply> {
  const [name = "", instanceId, ...more] = path;
  if (request.method !== "POST" || more.length > 0) return { status: 404 };
  const input = (await jsonBody(request)) ?? null;
  const version = request.query.get("version") ?? undefined;
  const id = await routes.management.start(name, instanceId || newInstanceId(), input, version);
  return accepted(request, id, routes);
}

/** What a client gets that has started an instance: where to look for it, and when. */
function accepted(request: ManagementRequest, instanceId: string, { target }: Routes): ManagementReply {
  const encoded = encodeURIComponent(instanceId);
  const links = { ...managementUrls(request.baseUrl, encoded, target), id: instanceId };
  const status = `${request.baseUrl}/instances/${encoded}`;
  return { status: 202, headers: { Location: status, "Retry-After": "10" }, body: links };
}

async function allInstances(request: ManagementRequest, { management }: Routes): Promise<ManagementReply> {
  const { query } = request;
  if (request.method === "DELETE") {
    if (!query.has("createdTimeFrom")) throw new ManagementRefusal(400, "Please give a value for 'createdTimeFrom'.");
    const instancesDeleted = await management.purgeAll(readFilter(query));
    return instancesDeleted === 0 ? { status: 404 } : { status: 200, body: { instancesDeleted } };
  }
  if (request.method !== "GET") return { status: 404 };
  const token = request.headers["x-ms-continuation-token"]?.toString();
  const { items, next } = page(management.list(readFilter(query)), pageSize(query), token);
  const options = { showInput: query.get("showInput") !== "false", showHistory: false, showHistoryOutput: false };
  const body = items.map(([instanceId, state]) => statusOf(instanceId, state, options));
  return { status: 200, ...(next !== undefined && { headers: { "x-ms-continuation-token": next } }), body };
}

async function oneInstance(
  request: ManagementRequest,
  instanceId: string,
  { management }: Routes,
): Promise<ManagementReply> {
  if (request.method === "DELETE") {
    return { status: 200, body: { instancesDeleted: await management.purge(instanceId) } };
  }
  if (request.method !== "GET") return { status: 404 };
  const { query } = request;
  const { state } = management.find(instanceId);
  const body = statusOf(instanceId, state, {
    showInput: query.get("showInput") !== "false",
    showHistory: query.get("showHistory") === "true",
    showHistoryOutput: query.get("showHistoryOutput") === "true",
  });
  if (!isFinished(state.status)) {
    return { status: 202, headers: { Location: request.url.href, "Retry-After": "5" }, body };
  }
  const asError = state.status === "Failed" && query.get("returnInternalServerErrorOnFailure") === "true";
  return { status: asError ? 500 : 200, body };
}

async function operate(
  request: ManagementRequest,
  instanceId: string,
  [operation, eventName]: readonly [operation: string, eventName: string | undefined],
  routes: Routes,
): Promise<ManagementReply> {
  const { management } = routes;
  const reason = request.query.get("reason") ?? "";
  switch (operation) {
    case "raiseevent":
      if (eventName === undefined || eventName === "") return { status: 404 };
      await management.raiseEvent(instanceId, eventName, await eventData(request, instanceId, management));
      return { status: 202 };
    case "terminate":
      await management.terminate(instanceId, reason);
      return { status: 202 };
    case "suspend":
      await management.suspend(instanceId, reason);
      return { status: 202 };
    case "resume":
      await management.resume(instanceId, reason);
      return { status: 202 };
    case "restart": {
      const withNewId = request.query.get("restartWithNewInstanceId") !== "false";
      return accepted(request, await management.restart(instanceId, withNewId), routes);
    }
    case "rewind":
      if (management.find(instanceId).state.status !== "Failed") {
        throw new ManagementRefusal(412, `Instance "${instanceId}" has not failed; only failed ones can be rewound.`);
      }
      throw new ManagementRefusal(501, "This host does not rewind: start the instance again.");
    default:
      return { status: 404 };
  }
}

async function eventData(request: ManagementRequest, instanceId: string, management: Management): Promise<string> {
  management.find(instanceId);
  const type = request.headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json")
    throw new ManagementRefusal(400, "Only application/json request content is supported.");
  return (await jsonBody(request)) ?? "null";
}

/** The part of the management API about entities: `entities/[{name}[/{key}]]`. */
async function entityRoutes(
  request: ManagementRequest,
  [name = "", key]: string[],
  routes: Routes,
): Promise<ManagementReply> {
  const { method, query } = request;
  if (key === undefined || key === "") return method === "GET" ? list(request, name, routes) : { status: 404 };
  if (method === "GET") {
    const entity = routes.registry.entities.get(entityInstanceId(name, key))?.state;
    if (entity === undefined || !entity.exists) return { status: 404 };
    return { status: 200, body: JSON.parse(entity.state ?? "null") };
  }
  if (method !== "POST" && method !== "DELETE") return { status: 404 };
  const operation = method === "DELETE" ? "delete" : (query.get("op") ?? "");
  await routes.management.signalEntity(name, key, operation, await jsonBody(request));
  return { status: 202 };
}

function list(request: ManagementRequest, name: string, { registry }: Routes): ManagementReply {
  const { query, headers } = request;
  const prefix = name === "" ? "@" : `@${name.toLowerCase()}@`;
  const sorted = [...registry.entities].filter(([id]) => id.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1));
  const token = headers["x-ms-continuation-token"]?.toString();
  const { items, next } = page(sorted, pageSize(query), token);
  const body = items.map(([id, { state }]) => ({
    entityId: parseEntityInstanceId(id),
    lastOperationTime: wholeSeconds(state.lastUpdatedTime),
    ...(query.get("fetchState") === "true" && { state: JSON.parse(state.state ?? "null") }),
  }));
  return { status: 200, ...(next !== undefined && { headers: { "x-ms-continuation-token": next } }), body };
}

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
  target: WebhookTarget;
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
async function jsonBody(request: ManagementRequest): Promise<string | undefined> {
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
