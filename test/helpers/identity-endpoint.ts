import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { unsignedToken } from "./unsigned-token.ts";

/** A token that was asked for. */
interface TokenRequest {
  resource: string | null;
  /** Of the user-assigned identity; null: the system-assigned one. */
  clientId: string | null;
}

export interface IdentityEndpoint {
  /** What the platform gives an app that has an identity. */
  env: { IDENTITY_ENDPOINT: string; IDENTITY_HEADER: string };
  requests: TokenRequest[];
  stop(): Promise<void>;
}

const SECRET = "identity-header-of-the-test";

/**
 * The endpoint through which Azure Functions hands an app tokens of its managed identity
 * (https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference).
 */
export async function startIdentityEndpoint(): Promise<IdentityEndpoint> {
  const requests: TokenRequest[] = [];
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? "/", "http://identity");
    const resource = searchParams.get("resource");
    const clientId = searchParams.get("client_id");
    if (request.headers["x-identity-header"] !== SECRET || resource === null) {
      response.writeHead(400).end();
      return;
    }
    requests.push({ resource, clientId });
    const answer = {
      access_token: unsignedToken({ aud: resource }),
      expires_on: String(Math.floor(Date.now() / 1000) + 3600),
      resource,
      token_type: "Bearer",
      client_id: clientId ?? undefined,
    };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const address = `http://127.0.0.1:${port}/msi/token`;
  return { env: { IDENTITY_ENDPOINT: address, IDENTITY_HEADER: SECRET }, requests, stop };
}
