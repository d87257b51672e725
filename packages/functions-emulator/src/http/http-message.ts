import type { IncomingMessage, ServerResponse } from "node:http";
import type { HttpCookie, HttpData, NullableMap } from "../core-api.ts";

/** Azure's default limit of a request body in bytes (`FUNCTIONS_REQUEST_BODY_SIZE_LIMIT`). */
const largestBody = 104_857_600;

/** The body of a request, or undefined when it is longer than `largestBody`. */
export async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= largestBody) chunks.push(chunk); // the rest is read and dropped, so that an answer can be sent
  }
  return length > largestBody ? undefined : Buffer.concat(chunks);
}

/** A request as the real host hands it over: values of repeated headers and query parameters joined by commas. */
export function toHttpData(
  request: IncomingMessage,
  origin: string,
  parameters: Record<string, string>,
  body: Buffer,
): HttpData {
  const url = new URL(origin + (request.url ?? "/"));
  const query = new Map<string, string>();
  for (const [name, value] of url.searchParams) {
    const before = query.get(name);
    query.set(name, before === undefined ? value : `${before},${value}`);
  }
  return {
    method: request.method ?? "GET",
    url: url.href,
    nullableHeaders: nullable(
      Object.entries(request.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(",") : (value ?? ""),
      ]),
    ),
    nullableQuery: nullable(query),
    nullableParams: nullable(Object.entries(parameters)),
    body: body.length > 0 ? { bytes: body } : null,
  };
}

function nullable(entries: Iterable<readonly [string, string]>): NullableMap {
  return Object.fromEntries([...entries].map(([name, value]) => [name, { value }]));
}

/** Sends what a function answered; nothing at all is 204. */
export function sendHttpData(response: ServerResponse, data: HttpData | null | undefined): void {
  if (data === null || data === undefined) {
    response.writeHead(204).end();
    return;
  }
  for (const [name, value] of Object.entries(data.headers ?? {})) response.setHeader(name, value);
  if (data.cookies?.length) response.setHeader("set-cookie", data.cookies.map(serializeCookie));
  response.statusCode = Number(data.statusCode ?? 200);
  response.end(data.body?.bytes ?? data.body?.string ?? "");
}

function serializeCookie(cookie: HttpCookie): string {
  const expires = cookie.expires?.value?.seconds;
  const sameSite = { lax: "Lax", strict: "Strict", explicitNone: "None", none: undefined }[cookie.sameSite ?? "none"];
  return [
    `${cookie.name}=${encodeURIComponent(cookie.value)}`,
    cookie.maxAge?.value !== undefined && `Max-Age=${cookie.maxAge.value}`,
    cookie.domain?.value && `Domain=${cookie.domain.value}`,
    cookie.path?.value && `Path=${cookie.path.value}`,
    expires !== undefined && `Expires=${new Date(expires * 1000).toUTCString()}`,
    cookie.httpOnly?.value && "HttpOnly",
    cookie.secure?.value && "Secure",
    sameSite && `SameSite=${sameSite}`,
  ]
    .filter((part) => typeof part === "string" && part !== "")
    .join("; ");
}

/** Answers with JSON, or with a bare status when there is no body. */
export function sendJson(response: ServerResponse, status: number, body?: unknown): void {
  if (body === undefined) response.writeHead(status).end();
  else response.writeHead(status, { "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(body));
}
