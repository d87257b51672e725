import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import type { BlobMessage } from "../blobs/blob-trigger-data.ts";
import { answerBlobWebhook } from "../blobs/event-grid-webhook.ts";
import type { DurableEngineContract } from "../durable/contract.ts";
import type { HostFunction } from "../host-function.ts";
import type { HostViolation } from "../violations.ts";
import type { HttpFunctions } from "./http-functions.ts";
import { readBody, sendJson } from "./http-message.ts";
import type { RequestHandler } from "./http-server.ts";
import type { AuthLevel, KeyCheck } from "./keys.ts";

export interface HostRoutesOptions {
  hostId: string;
  functions: HostFunction[];
  httpFunctions: HttpFunctions;
  engine: DurableEngineContract;
  keys: KeyCheck;
  /** Runs a function that no request triggers. */
  fire: (target: HostFunction, input: string | undefined) => Promise<unknown>;
  enqueueBlob: (message: BlobMessage) => Promise<void>;
  report: (violation: HostViolation) => void;
}

/** Where the durable engine answers: the webhook address, and the one that the durable client prefers on the machine. */
export const durablePrefixes = ["runtime/webhooks/durabletask/", "durabletask/"] as const;

const AdminInput = z.looseObject({ input: z.string().exactOptional() });

/** Divides the host's addresses: functions, administration, webhooks. */
export function hostRoutes(options: HostRoutesOptions): RequestHandler {
  return async (request, response, path, origin) => {
    const durable = durablePrefixes.find((prefix) => path.startsWith(prefix));
    const level = levelOf(path);
    if (!options.keys.admits(request, level)) return sendJson(response, 401);
    if (durable !== undefined) return options.engine.handle(request, response, path.slice(durable.length));
    if (path === "runtime/webhooks/blobs") return blobWebhook(options, request, response);
    if (path.startsWith("admin/"))
      return admin(options, request, response, { path: path.slice("admin/".length), origin });
    return options.httpFunctions.answer(request, response, path, origin);
  };
}

/** Functions ask for themselves. The durable client on this machine shows no key, in Azure neither. */
function levelOf(path: string): AuthLevel {
  if (path.startsWith("admin/")) return "admin";
  return path.startsWith("runtime/webhooks/") ? "system" : "anonymous";
}

async function blobWebhook(
  { functions, enqueueBlob, report }: HostRoutesOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== "POST") return sendJson(response, 405);
  const functionName = new URL(request.url ?? "", "http://host").searchParams.get("functionName") ?? "";
  if (!functions.some(({ id, trigger }) => id === functionName && trigger.kind === "blob")) {
    report({
      code: "unknown-webhook-function",
      message: `The blob webhook was called with functionName=${functionName}, which is no blob-triggered function here; Azure drops such events.`,
    });
  }
  const body = (await readBody(request))?.toString() ?? "";
  const eventType = request.headers["aeg-event-type"]?.toString();
  const answer = await answerBlobWebhook({ eventType, functionName, body }, enqueueBlob);
  sendJson(response, answer.status, answer.body);
}

/** The part of the host's administration that is of use on one machine. */
async function admin(
  options: HostRoutesOptions,
  request: IncomingMessage,
  response: ServerResponse,
  { path, origin }: { path: string; origin: string },
): Promise<void> {
  const { functions, hostId } = options;
  const [area, name] = path.split("/");
  if (area === "host" && name === "ping") return sendJson(response, 200);
  if (area === "host" && name === "status")
    return sendJson(response, 200, { id: hostId, state: "Running", version: "4.0" });
  if (area !== "functions") return sendJson(response, 404);
  if (name === undefined || name === "") {
    return sendJson(
      response,
      200,
      functions.map((each) => describeFunction(options, each, origin)),
    );
  }
  const target = functions.find((each) => each.name.toLowerCase() === decodeURIComponent(name).toLowerCase());
  if (target === undefined) return sendJson(response, 404);
  if (request.method === "GET") return sendJson(response, 200, describeFunction(options, target, origin));
  if (request.method !== "POST") return sendJson(response, 405);
  if (target.trigger.kind === "http") return sendJson(response, 400, { error: "call the function's own address" });

  const text = (await readBody(request))?.toString() ?? "";
  const input = AdminInput.safeParse(text === "" ? {} : parseJson(text));
  if (!input.success) return sendJson(response, 400, { error: 'expected {"input":"…"}' });
  options.fire(target, input.data.input).catch(() => {}); // told by the runner
  sendJson(response, 202);
}

function describeFunction({ httpFunctions }: HostRoutesOptions, target: HostFunction, origin: string): unknown {
  const { name, trigger } = target;
  const isHttp = (each: HostFunction): each is HostFunction<typeof trigger & { kind: "http" }> =>
    each.trigger.kind === "http";
  return {
    name,
    trigger: trigger.kind,
    ...(isHttp(target) && {
      invoke_url_template: httpFunctions.urlOf(target, origin),
      methods: target.trigger.methods,
      authLevel: target.trigger.authLevel,
    }),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
