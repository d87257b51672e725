import { RestError } from "@azure/core-rest-pipeline";
import { describe, expect, it } from "vitest";
import { VERSION } from "../../../src/lib/common/telemetry.ts";
import type { LanguageError } from "../../../src/lib/language/errors/language-error.ts";
import { createTransport, type TransportOptions } from "../../../src/lib/language/transport.ts";
import { drop, dropInBody, json, scriptedServer, silence, stallInBody, text } from "./scripted-server.ts";

const KEY = "0123456789abcdef0123456789abcdef";

function transport(options: Partial<TransportOptions> = {}) {
  return createTransport({ credential: { key: KEY }, timeoutSeconds: 60, retryDelaysMs: [0, 0], ...options });
}

async function failure(call: Promise<unknown>): Promise<LanguageError> {
  return call.then(
    () => expect.unreachable("the call succeeded"),
    (error: LanguageError) => error,
  );
}

const fail = json(503, { error: { code: "ServiceUnavailable", message: "Busy." } });

describe("createTransport", () => {
  it("sends the key, a client request id and who we are", async () => {
    const server = await scriptedServer(json(200, { a: 1 }, { "apim-request-id": "r-1" }));
    const answer = await transport()({ method: "POST", url: `${server.endpoint}/x?y=1`, body: { b: "ü" } });
    expect(answer).toMatchObject({ status: 200, body: { a: 1 }, requestId: "r-1", attempts: 1 });
    const [request] = server.seen;
    expect(request).toMatchObject({ method: "POST", url: "/x?y=1", body: { b: "ü" } });
    expect(request?.headers).toMatchObject({
      "ocp-apim-subscription-key": KEY,
      "content-type": "application/json",
      accept: "application/json",
      "user-agent": expect.stringMatching(new RegExp(`^language-batch/${VERSION} `)),
      "x-ms-client-request-id": expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(request?.headers["accept-encoding"]).toBeUndefined();
  });

  it("calls a body what the caller calls it", async () => {
    const server = await scriptedServer(json(200, {}));
    const contentType = "application/merge-patch+json";
    await transport()({ method: "PATCH", url: server.endpoint, body: {}, contentType });
    expect(server.seen[0]?.headers["content-type"]).toBe(contentType);
  });

  it("falls back on our own request id", async () => {
    const server = await scriptedServer(json(200, {}));
    const { requestId } = await transport()({ method: "GET", url: server.endpoint });
    expect(requestId).toBe(server.seen[0]?.headers["x-ms-client-request-id"]);
  });

  it("reads the key for each request, so that it can be changed", async () => {
    const server = await scriptedServer(json(200, {}), json(200, {}));
    const credential = { key: "old" };
    const send = transport({ credential });
    await send({ method: "GET", url: server.endpoint });
    credential.key = "new";
    await send({ method: "GET", url: server.endpoint });
    expect(server.seen.map(({ headers }) => headers["ocp-apim-subscription-key"])).toEqual(["old", "new"]);
  });

  it("hands over an answer that is no JSON without its body", async () => {
    const server = await scriptedServer(text(400, "<html>Bad gateway</html>"));
    await expect(transport()({ method: "POST", url: server.endpoint })).resolves.toMatchObject({
      status: 400,
      body: undefined,
    });
  });

  it.each([408, 500, 502, 503, 504])("repeats a read after %i", async (status) => {
    const server = await scriptedServer(json(status, {}), json(status, {}), json(200, {}));
    const answer = await transport()({ method: "GET", url: server.endpoint });
    expect(answer).toMatchObject({ status: 200, attempts: 3 });
  });

  it("gives up a read after its last attempt", async () => {
    const server = await scriptedServer(fail, fail, fail, json(200, {}));
    const answer = await transport()({ method: "GET", url: server.endpoint });
    expect(answer).toMatchObject({ status: 503, attempts: 3 });
  });

  it.each([
    ["a throttle", json(429, {}, { "retry-after": "1" })],
    ["a 503 that says when to come back", json(503, {}, { "retry-after": "7" })],
    ["a refusal", json(404, {})],
    ["a redirect", json(302, {}, { location: "http://127.0.0.1:1/elsewhere" })],
  ])("hands %s over at once", async (_, reply) => {
    const server = await scriptedServer(reply, json(200, {}));
    await transport()({ method: "GET", url: server.endpoint });
    expect(server.seen).toHaveLength(1);
  });

  it.each([
    ["a 503", fail],
    ["a 500", json(500, {})],
  ])("never repeats a POST after %s", async (_, reply) => {
    const server = await scriptedServer(reply, json(202, {}));
    await transport()({ method: "POST", url: server.endpoint, body: {} });
    expect(server.seen).toHaveLength(1);
  });

  it("takes the headers of half an answer for an answer to a POST, which has been done", async () => {
    const server = await scriptedServer(dropInBody, json(202, {}));
    const answer = await transport()({ method: "POST", url: server.endpoint, body: {} });
    expect(answer).toMatchObject({ status: 200, fault: "the answer broke off" });
    expect(server.seen).toHaveLength(1);
  });

  it("never repeats a POST that got no answer, whose fate is unclear", async () => {
    const server = await scriptedServer(drop, json(202, {}));
    const error = await failure(transport()({ method: "POST", url: server.endpoint, body: {} }));
    expect(error).toMatchObject({ class: "transient", code: "NetworkError" });
    expect(server.seen).toHaveLength(1);
  });

  it.each([
    ["no answer", drop],
    ["half an answer", dropInBody],
  ])("repeats a read that got %s", async (_, reply) => {
    const server = await scriptedServer(reply, json(200, { a: 1 }));
    await expect(transport()({ method: "GET", url: server.endpoint })).resolves.toMatchObject({ attempts: 2 });
  });

  it.each([
    ["silence", silence],
    ["a body that never ends", stallInBody],
  ])("gives up on %s when its time is over", async (_, reply) => {
    const server = await scriptedServer(reply);
    const error = await failure(transport({ timeoutSeconds: 0.1 })({ method: "GET", url: server.endpoint }));
    expect(error).toMatchObject({ class: "transient", code: "Timeout" });
    expect(server.seen).toHaveLength(1);
  });

  it("blocks when nobody listens, after trying again: such a request has certainly not been sent", async () => {
    const { endpoint, seen } = await scriptedServer();
    const port = Number(new URL(endpoint).port);
    let attempts = 0;
    const httpClient = {
      sendRequest: () => {
        attempts++;
        return Promise.reject(new RestError(`connect ECONNREFUSED 127.0.0.1:${port}`, { code: "ECONNREFUSED" }));
      },
    };
    const error = await failure(transport({ httpClient })({ method: "POST", url: endpoint, body: {} }));
    expect(error).toMatchObject({ class: "blocked", code: "EndpointUnreachable" });
    expect(attempts).toBe(3);
    expect(seen).toEqual([]);
  });

  it("blocks when the endpoint speaks no TLS", async () => {
    const { endpoint } = await scriptedServer();
    const url = endpoint.replace("http:", "https:");
    const error = await failure(transport()({ method: "POST", url, body: {} }));
    expect(error).toMatchObject({ class: "blocked", code: "CertificateRefused" });
  });

  it("shows neither key nor body in the errors of the network", async () => {
    const server = await scriptedServer(drop);
    const body = { text: "the patient's secret" };
    const error = await failure(transport()({ method: "POST", url: server.endpoint, body }));
    const everything = `${error.message} ${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`;
    expect(everything).not.toContain(KEY);
    expect(everything).not.toContain("secret");
  });
});

describe("createTransport with Microsoft Entra ID", () => {
  const token = { token: "a-token", expiresOnTimestamp: Date.now() + 3_600_000 };

  it("sends a token for the service's scope, and keeps it", async () => {
    const scopes: unknown[] = [];
    const sent: (string | undefined)[] = [];
    const credential = {
      getToken: (scope: string | string[]) => {
        scopes.push(scope);
        return Promise.resolve(token);
      },
    };
    const httpClient: TransportOptions["httpClient"] = {
      sendRequest: (request) => {
        sent.push(request.headers.get("authorization"));
        return Promise.resolve({ request, status: 200, headers: request.headers, bodyAsText: "{}" });
      },
    };
    const send = transport({ credential, httpClient });
    await send({ method: "GET", url: "https://reader.cognitiveservices.azure.com/x" });
    await send({ method: "GET", url: "https://reader.cognitiveservices.azure.com/y" });
    expect(scopes.flat()).toEqual(["https://cognitiveservices.azure.com/.default"]);
    expect(sent).toEqual(["Bearer a-token", "Bearer a-token"]);
  });

  it("blocks without a token, with the first line of the reason", async () => {
    const credential = {
      getToken: () => Promise.reject(new Error("No managed identity here.\nTried the following: …")),
    };
    const error = await failure(
      transport({ credential })({ method: "GET", url: "https://reader.cognitiveservices.azure.com" }),
    );
    expect(error).toMatchObject({ class: "blocked", code: "CredentialUnavailable" });
    expect(error.message).toBe("Microsoft Entra ID gave no token for the Language service: No managed identity here.");
  });

  it("gives up on a token that never comes when its time is over", async () => {
    const credential = { getToken: () => new Promise<never>(() => {}) };
    const send = transport({ credential, timeoutSeconds: 0.1 });
    const error = await failure(send({ method: "GET", url: "https://reader.cognitiveservices.azure.com" }));
    expect(error).toMatchObject({ class: "transient", code: "Timeout" });
  });

  it("sends no token over http", async () => {
    const server = await scriptedServer(json(200, {}));
    const credential = { getToken: () => Promise.resolve(token) };
    const error = await failure(transport({ credential })({ method: "GET", url: server.endpoint }));
    expect(error).toMatchObject({ class: "blocked", code: "CredentialUnavailable" });
    expect(server.seen).toEqual([]);
  });
});
