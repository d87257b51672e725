import { randomUUID } from "node:crypto";
import type { Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { type Context, Hono } from "hono";
import type { ContentfulStatusCode, StatusCode } from "hono/utils/http-status";
import { getPathNoStrict } from "hono/utils/url";
import { MAX_BODY_BYTES } from "../limits.ts";
import type { Reply, Route } from "./call.ts";
import { ServiceError } from "./service-error.ts";

/** Headers that the service sends with every answer, as recorded; the gateway sends only `apim-request-id`. */
const SERVICE_HEADERS: Readonly<Record<string, string>> = {
  "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
  "X-Content-Type-Options": "nosniff",
};

/** Thrown to break the connection instead of answering. */
export class DroppedConnection extends Error {
  override readonly name = "DroppedConnection";
}

/** One request from its first byte to its last, whatever it asks for. */
export interface Exchange {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Headers;
  /** `http://host:port`, as the client wrote it. */
  endpoint: string;
  /** Undefined when it is longer than the route takes. */
  body: string | undefined;
  /** Of the path, decoded. */
  names: readonly string[];
}

/** Answers a request, with the route that its path asks for, if there is one. @throws ServiceError, DroppedConnection */
export type Answer = (exchange: Exchange, route: Route | undefined) => Promise<Reply>;

type Bindings = { Bindings: HttpBindings };

/** Serves the routes, everything that is none of them, and `admin` below its own path. */
export function createApp(routes: readonly Route[], answer: Answer, admin: Hono): Hono<Bindings> {
  const app = new Hono<Bindings>({ getPath: pathOf });
  app.route("/", admin);
  const serve = async (context: Context<Bindings>, route: Route | undefined): Promise<Response> => {
    const started = performance.now();
    try {
      const known = canBeDecoded(context.req.url) ? route : undefined;
      const reply = await answer(await readExchange(context, known), known);
      return send(context, reply, started, false);
    } catch (error) {
      if (error instanceof DroppedConnection) {
        context.env.incoming.socket.destroy();
        return RESPONSE_ALREADY_SENT;
      }
      if (error instanceof ServiceError) {
        const { status, headers, body, gateway } = error;
        return send(context, { status, headers, body: { error: body } }, started, gateway);
      }
      const message = error instanceof Error ? error.message : String(error);
      return send(context, { status: 500, body: { error: { code: "InternalServerError", message } } }, started, false);
    }
  };
  for (const route of routes) app.on(route.method, honoPath(route.path), (context) => serve(context, route));
  app.notFound((context) => serve(context as Context<Bindings>, undefined));
  return app;
}

/** The bases of all addresses, whose case does not matter, as little as a slash at the end; that of names does. */
const BASE = /^\/(?:language|text)\/.*?\/(?:jobs|analyze|projects)(?=\/|$)/i;

function pathOf(request: Request): string {
  return getPathNoStrict(request).replace(BASE, (base) => base.toLowerCase());
}

/** Hono leaves a name that is not well encoded as it is; the service has no such address. */
function canBeDecoded(url: string): boolean {
  try {
    decodeURIComponent(new URL(url).pathname);
    return true;
  } catch {
    return false;
  }
}

/** `{jobId}` as hono writes it; an action (`/:train`, `{jobId}:cancel`) is a pattern, a colon alone would be a name. */
function honoPath(template: string): string {
  return template.replace(/\{(\w+)\}(:\w+)?|\/(:[\w-]+)/g, (_, name: string, ending?: string, action?: string) => {
    if (action !== undefined) return `/:action{${action}}`;
    return ending === undefined ? `:${name}` : `:${name}{[^/]+${ending}}`;
  });
}

async function readExchange(context: Context<Bindings>, route: Route | undefined): Promise<Exchange> {
  const { req } = context;
  const { origin, searchParams } = new URL(req.url);
  const body = await req.arrayBuffer();
  const parts = [...(route?.path.matchAll(/\{(\w+)\}(:\w+)?/g) ?? [])];
  return {
    method: req.method,
    path: req.path,
    query: searchParams,
    headers: req.raw.headers,
    endpoint: origin,
    body: body.byteLength > (route?.maxBodyBytes ?? MAX_BODY_BYTES) ? undefined : Buffer.from(body).toString("utf8"),
    names: parts.map(([, name = "", ending = ""]) => {
      const value = req.param(name) ?? "";
      return value.slice(0, value.length - ending.length);
    }),
  };
}

function send(context: Context<Bindings>, reply: Reply, started: number, gateway: boolean): Response {
  const { padding = 0, text = reply.body === undefined ? undefined : JSON.stringify(reply.body) } = reply;
  const headers: Record<string, string> = {
    "apim-request-id": randomUUID(),
    ...(gateway
      ? {}
      : { "x-envoy-upstream-service-time": String(Math.round(performance.now() - started)), ...SERVICE_HEADERS }),
    ...(text === undefined ? {} : { "Content-Type": `application/json${gateway ? "" : "; charset=utf-8"}` }),
    "Content-Length": String(Buffer.byteLength(text ?? "") + padding),
    ...reply.headers,
  };
  if (padding > 0) return context.body(padded(text ?? "", padding), reply.status as ContentfulStatusCode, headers);
  if (text === undefined) return context.body(null, reply.status as StatusCode, headers);
  return context.body(text, reply.status as ContentfulStatusCode, headers);
}

/** Made while it is sent, so that a huge answer takes no memory here. */
function padded(text: string, bytes: number): ReadableStream<Uint8Array> {
  let left = bytes;
  return new ReadableStream({
    start(controller) {
      controller.enqueue(Buffer.from(text));
    },
    pull(controller) {
      const size = Math.min(left, 65_536);
      if (size === 0) return controller.close();
      left -= size;
      controller.enqueue(Buffer.alloc(size, " "));
    },
  });
}

/** PEM texts of a server certificate and its private key. */
export interface Certificate {
  cert: string;
  key: string;
}

/** Answers a request in this process; undefined when the connection breaks. */
export async function fetchFrom(app: Hono<Bindings>, request: Request): Promise<Response | undefined> {
  let broken = false;
  const socket = { destroy: () => (broken = true) };
  const response = await app.fetch(request, { incoming: { socket } });
  return broken ? undefined : response;
}

/** A server for `app` on `host` and `port` (0: any free), already listening; with a certificate it speaks HTTPS. */
export async function listen(
  app: Hono<Bindings>,
  host: string,
  port: number,
  certificate?: Certificate,
): Promise<{ server: Server; url: string }> {
  // The process may have other users of `fetch`: their global Request stays theirs.
  const options = { fetch: app.fetch, overrideGlobalObjects: false };
  const server = createAdaptorServer(
    certificate === undefined ? options : { ...options, createServer: createTlsServer, serverOptions: certificate },
  ) as Server;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const { port: actual } = server.address() as AddressInfo;
  return { server, url: `${certificate === undefined ? "http" : "https"}://${host}:${actual}` };
}

/** Stops taking requests and closes every connection. */
export async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
