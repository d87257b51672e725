import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Reply } from "./call.ts";
import { ServiceError } from "./service-error.ts";

/** Headers that the service sends with every answer, as recorded; the gateway sends only the first. */
const SERVICE_HEADERS: Readonly<Record<string, string>> = {
  "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
  "X-Content-Type-Options": "nosniff",
};

/** Thrown to break the connection instead of answering. */
export class DroppedConnection extends Error {
  override readonly name = "DroppedConnection";
}

export type Listener = (request: IncomingMessage) => Promise<Reply>;

/** PEM texts of a server certificate and its private key. */
export interface Certificate {
  cert: string;
  key: string;
}

/** A server for `listener` on `host` and `port` (0: any free), already listening; with a certificate it speaks HTTPS. */
export async function listen(
  listener: Listener,
  host: string,
  port: number,
  certificate?: Certificate,
): Promise<{ server: Server; url: string }> {
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const started = performance.now();
    listener(request).then(
      (reply) => send(response, reply, started, false),
      (error: unknown) => {
        if (error instanceof DroppedConnection) request.socket.destroy();
        else if (error instanceof ServiceError) {
          const { status, headers, body } = error;
          send(response, { status, headers, body: { error: body } }, started, error.gateway);
        } else {
          const message = error instanceof Error ? error.message : String(error);
          send(response, { status: 500, body: { error: { code: "InternalServerError", message } } }, started, false);
        }
      },
    );
  };
  const server = certificate === undefined ? createServer(answer) : createTlsServer(certificate, answer);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const { port: actual } = server.address() as AddressInfo;
  return { server, url: `${certificate === undefined ? "http" : "https"}://${host}:${actual}` };
}

function send(response: ServerResponse, reply: Reply, started: number, gateway: boolean): void {
  const payload = reply.body === undefined ? undefined : Buffer.from(JSON.stringify(reply.body));
  const contentType = gateway ? "application/json" : "application/json; charset=utf-8";
  response.writeHead(reply.status, {
    "apim-request-id": randomUUID(),
    ...(gateway
      ? {}
      : { "x-envoy-upstream-service-time": String(Math.round(performance.now() - started)), ...SERVICE_HEADERS }),
    ...(payload === undefined ? {} : { "Content-Type": contentType }),
    "Content-Length": String(payload?.length ?? 0),
    ...reply.headers,
  });
  response.end(payload);
}

/** Stops taking requests and closes every connection. */
export async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
