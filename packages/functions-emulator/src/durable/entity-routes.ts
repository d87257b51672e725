import { jsonBody, type ManagementReply, type ManagementRequest, type Routes } from "./http.ts";
import { entityInstanceId, parseEntityInstanceId } from "./instance-id.ts";
import { page, pageSize } from "./query.ts";
import { wholeSeconds } from "./status.ts";

/** The part of the management API about entities: `entities/[{name}[/{key}]]`. */
export async function entityRoutes(
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
