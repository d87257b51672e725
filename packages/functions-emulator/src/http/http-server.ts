import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** @param path as sent, without leading slash and query. @param origin as the client addressed us. */
export type RequestHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  origin: string,
) => Promise<void>;

/**
 * The host's HTTP server. It listens before the app is loaded, because the app is told its own address, and answers 503
 * until it has a handler.
 */
export class HttpServer {
  readonly #server: Server;
  readonly #onError: (error: unknown) => void;
  readonly #answering = new Set<Promise<void>>();
  #handler: RequestHandler | undefined;

  private constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
    this.#server = createServer((request, response) => {
      const closed = new Promise<void>((resolve) => response.once("close", resolve));
      const answering = this.#handle(request, response)
        .then(() => closed)
        .finally(() => this.#answering.delete(answering));
      this.#answering.add(answering);
    });
    this.#server.requestTimeout = 0;
  }

  /** @param port 0 for any free one. @throws Error when the port is taken. */
  static async listen(port: number, onError: (error: unknown) => void): Promise<HttpServer> {
    const server = new HttpServer(onError);
    await new Promise<void>((resolve, reject) => {
      server.#server.once("error", reject).listen(port, "127.0.0.1", resolve);
    });
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  serve(handler: RequestHandler): void {
    this.#handler = handler;
  }

  /** From now on answers 503, except under the given prefixes. */
  reject(exceptions: readonly string[]): void {
    const handler = this.#handler;
    this.#handler = async (request, response, path, origin) => {
      if (exceptions.some((prefix) => path.startsWith(prefix))) await handler?.(request, response, path, origin);
      else response.writeHead(503, { "retry-after": "1" }).end();
    };
  }

  /** Takes no new connections and lets the requests under way be answered. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await Promise.all(this.#answering);
    this.#server.closeAllConnections();
    await closed;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      if (this.#handler === undefined) {
        response.writeHead(503, { "retry-after": "1" }).end();
        return;
      }
      const path = (request.url ?? "/").slice(1).split("?", 1)[0] ?? "";
      const origin = `http://${request.headers.host ?? `localhost:${this.port}`}`;
      await this.#handler(request, response, path, origin);
    } catch (error) {
      this.#onError(error);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    }
  }
}
