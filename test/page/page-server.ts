import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type PageAssets, servePage } from "../../src/lib/status/page-assets.ts";
import type { World } from "./fixtures.ts";

interface Asked {
  method: string;
  /** Path below `/api/`, with its query. */
  path: string;
  body: unknown;
  key: string | undefined;
}

/** Answers for one call, by its path without the query. */
type Answer = (asked: Asked) => { status?: number; body: unknown } | undefined;

/** An app as its page sees it: the page as the app serves it, and the API's answers out of a test's hands. */
export interface PageServer {
  url: string;
  world: World;
  /** Answers what the world does not. */
  answer: Answer;
  /** The key that is wanted; undefined: none. */
  key: string | undefined;
  asked: Asked[];
  stop(): Promise<void>;
}

export async function startPageServer(assets: PageAssets, world: World): Promise<PageServer> {
  const server = createServer((request, response) => void handle(request, response));
  const app: PageServer = {
    url: "",
    world,
    answer: () => undefined,
    key: undefined,
    asked: [],
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = (request.url ?? "").replace(/^\/api\//, "");
    if (/^status(?:\/|$)/.test(path)) {
      const header = (name: string): string | null => request.headers[name]?.toString() ?? null;
      const { status, headers, body } = servePage(assets, path.replace(/^status\/?/, ""), header);
      response.writeHead(status, headers).end(body);
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const sent = Buffer.concat(chunks).toString("utf8");
    const key = request.headers["x-functions-key"]?.toString();
    const asked = { method: request.method ?? "", path, body: sent === "" ? undefined : JSON.parse(sent), key };
    app.asked.push(asked);
    const { status = 200, body } = reply(app, asked);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  app.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return app;
}

function reply(app: PageServer, asked: Asked): { status?: number; body: unknown } {
  const [name = ""] = asked.path.split("?");
  if (app.key !== undefined && asked.key !== app.key && name !== "health") {
    return { status: 401, body: { title: "Unauthorized", status: 401, detail: "", code: "Unauthorized" } };
  }
  const own = app.answer(asked);
  if (own !== undefined) return own;
  if (asked.method === "GET" && Object.hasOwn(app.world, name)) return { body: app.world[name as keyof World] };
  return { status: 404, body: { title: "Not Found", status: 404, detail: `No ${name} here`, code: "Unknown" } };
}
