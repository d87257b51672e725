import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import type { DurableEngine } from "../../src/durable/engine.ts";

export interface Call {
  method?: string;
  path: string;
  /** Sent as JSON; undefined is no body. */
  body?: unknown;
  /** Sent as it is, instead of a body. */
  text?: string | undefined;
  headers?: Record<string, string>;
}

/** Calls the management API of an engine without a server between. */
export async function callEngine(engine: DurableEngine, { method = "GET", path, body, text: sent, headers }: Call) {
  const request = new IncomingMessage(new Socket());
  Object.assign(request, {
    method,
    url: `/durabletask/${path}`,
    headers: { host: "test", "content-type": "application/json", ...headers },
  });
  const payload = sent ?? JSON.stringify(body);
  if (payload !== undefined) request.push(payload);
  request.push(null);
  const response = new ServerResponse(request);
  const written: string[] = [];
  response.end = ((text?: string) => {
    written.push(text ?? "");
    return response;
  }) as typeof response.end;
  await engine.handle(request, response, path.split("?")[0] ?? "");
  const text = written.join("");
  return {
    status: response.statusCode,
    headers: response.getHeaders(),
    body: text === "" ? undefined : (JSON.parse(text) as unknown),
  };
}
