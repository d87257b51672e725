import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** A request as it arrived. */
export interface Seen {
  method: string;
  /** Path and query. */
  url: string;
  headers: IncomingHttpHeaders;
  /** Parsed JSON; undefined without a body. */
  body: unknown;
}

/** Answers one request; it may also spoil the connection. */
export type Reply = (response: ServerResponse, request: Seen) => void;

export interface ScriptedServer {
  /** `http://127.0.0.1:port`. */
  endpoint: string;
  /** Everything that arrived, in order. */
  seen: Seen[];
}

/** An HTTP server for one test that gives the replies in turn, and fails what comes after them. */
export async function scriptedServer(...replies: Reply[]): Promise<ScriptedServer> {
  const seen: Seen[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const text = Buffer.concat(chunks).toString("utf8");
      const { method = "", url = "", headers } = incoming;
      const request = { method, url, headers, body: text === "" ? undefined : JSON.parse(text) };
      seen.push(request);
      const reply = replies[seen.length - 1] ?? json(500, { error: { code: "ScriptOver", message: "" } });
      reply(response, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${port}`, seen };
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Reply {
  return (response) => {
    response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
    response.end(JSON.stringify(body));
  };
}

export function text(status: number, body: string, headers: Record<string, string> = {}): Reply {
  return (response) => {
    response.writeHead(status, headers);
    response.end(body);
  };
}

/** Closes the connection without an answer. */
export const drop: Reply = (response) => {
  response.destroy();
};

/** Sends headers and the beginning of a body, and closes the connection. */
export const dropInBody: Reply = (response) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
  response.write('{"jobId":', () => response.destroy());
};

/** Sends headers and the beginning of a body, and then nothing. */
export const stallInBody: Reply = (response) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
  response.write('{"jobId":');
};

/** Never answers. */
export const silence: Reply = () => {};
