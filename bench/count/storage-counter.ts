import { Agent, createServer, request as forward, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Whose transactions: those of the app's own clients, or those of the Functions host that runs it. */
type Origin = "ours" | "host";

/** How many transactions there were, by origin, then by `<container or queue> <operation>`. */
export type Transactions = Record<Origin, Record<string, number>>;

/** A storage account behind a counter. */
export interface StorageCounter {
  /** Of the account as it is reached through the counter: what is asked through another one is not counted. */
  connectionString: string;
  /** What was asked since the start, or since the last call of `reset`. */
  report(): Transactions;
  reset(): void;
  stop(): Promise<void>;
}

/** How the app's own clients begin to name themselves (`src/lib/storage/storage-clients.ts`). */
const OURS = "language-batch/";

/**
 * Counts each request that reaches an account's blobs and queues, tries that are repeated included: what Azure bills as
 * transactions. Nothing is changed on the way.
 */
export async function countStorage(connectionString: string): Promise<StorageCounter> {
  let counts: Transactions = { ours: {}, host: {} };
  const servers: Server[] = [];
  const agent = new Agent(); // a kept connection may be closed just as it is used, and the try that is repeated would count
  let counted = connectionString;
  for (const [kind, target] of ["Blob", "Queue"].map((kind) => [kind, endpointOf(connectionString, kind)] as const)) {
    const { server, origin } = await startProxy(target, agent, (request) => {
      const origin = String(request.headers["user-agent"]).startsWith(OURS) ? "ours" : "host";
      const name = kind === "Blob" ? blobTransaction(request) : queueTransaction(request);
      counts[origin][name] = (counts[origin][name] ?? 0) + 1;
    });
    servers.push(server);
    counted = counted.replace(target.origin, origin);
  }
  return {
    connectionString: counted,
    report: () => structuredClone(counts),
    reset: () => {
      counts = { ours: {}, host: {} };
    },
    stop: async () => {
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((closed) => server.close(closed));
      }
      agent.destroy();
    },
  };
}

/** The sum of one side's transactions. */
export function total(transactions: Readonly<Record<string, number>>): number {
  return Object.values(transactions).reduce((sum, count) => sum + count, 0);
}

function endpointOf(connectionString: string, kind: string): URL {
  const [, address] = new RegExp(`${kind}Endpoint=(http:[^;]+)`).exec(connectionString) ?? [];
  if (address === undefined) throw new Error(`The connection string names no ${kind}Endpoint over http`);
  return new URL(address);
}

async function startProxy(
  { hostname, port }: URL,
  agent: Agent,
  count: (request: IncomingMessage) => void,
): Promise<{ server: Server; origin: string }> {
  const server = createServer((request, response) => {
    count(request);
    const { url = "/", method, headers } = request;
    const onward = forward({ agent, hostname, port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    response.on("close", () => onward.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** The parts of an address behind the account's name, and what it asks for. */
function partsOf({ url = "/" }: IncomingMessage): { container: string; rest: string; query: URLSearchParams } {
  const { pathname, searchParams } = new URL(url, "http://storage");
  const [, _account, container = "", ...rest] = pathname.split("/");
  return { container: decodeURIComponent(container) || "account", rest: rest.join("/"), query: searchParams };
}

function blobTransaction(request: IncomingMessage): string {
  const { container, rest, query } = partsOf(request);
  const comp = query.get("comp");
  const { method = "" } = request;
  if (comp === "list" || comp === "lease" || comp === "batch") return `${container} ${comp}`;
  if (rest === "") return `${container} ${method === "PUT" ? "create" : "look at container"}`;
  const operations: Record<string, string> = { GET: "read", HEAD: "look", PUT: "write", DELETE: "delete" };
  return `${container} ${operations[method] ?? method}`;
}

function queueTransaction(request: IncomingMessage): string {
  const { container, rest, query } = partsOf(request);
  const { method = "" } = request;
  if (rest === "")
    return `${container} ${{ GET: query.get("comp") === "list" ? "list" : "length", PUT: "create" }[method] ?? method}`;
  if (method === "GET") return `${container} ${query.has("peekonly") ? "peek" : "receive"}`;
  return `${container} ${{ POST: "send", PUT: "put back", DELETE: "delete" }[method] ?? method}`;
}
