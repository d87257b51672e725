import { managementUrls } from "./client-binding.ts";
import { entityRoutes } from "./entity-routes.ts";
import { jsonBody, type ManagementReply, type ManagementRequest, type Routes } from "./http.ts";
import { type Management, ManagementRefusal, newInstanceId } from "./management.ts";
import { page, pageSize, readFilter } from "./query.ts";
import { isFinished } from "./state.ts";
import { statusOf } from "./status.ts";

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
  return await operate(request, instanceId, operation.toLowerCase(), eventName, routes);
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
function accepted(request: ManagementRequest, instanceId: string, { taskHub }: Routes): ManagementReply {
  const encoded = encodeURIComponent(instanceId);
  const links = { ...managementUrls(request.baseUrl, encoded, taskHub), id: instanceId };
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
  operation: string,
  eventName: string | undefined,
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
