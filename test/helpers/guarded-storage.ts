import { createServer, request as forward } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** A storage emulator behind a guard that refuses requests as the storage service refuses those without a role. */
export interface GuardedStorage {
  connectionString: string;
  /** Whether a request to this path (`/<account>/<container or queue>/…`) is refused. */
  refuses: (path: string) => boolean;
}

export async function guardStorage(connectionString: string): Promise<GuardedStorage> {
  const guarded: GuardedStorage = { connectionString, refuses: () => false };
  for (const [whole, target] of connectionString.matchAll(/(?:Blob|Queue)Endpoint=(http:[^;]+)/g)) {
    const address = await startGuard(new URL(target ?? ""), guarded);
    guarded.connectionString = guarded.connectionString.replace(
      whole,
      whole.replace(new URL(target ?? "").origin, address),
    );
  }
  return guarded;
}

async function startGuard({ hostname, port }: URL, guarded: GuardedStorage): Promise<string> {
  const server = createServer((request, response) => {
    const { url = "/", method, headers } = request;
    if (guarded.refuses(new URL(url, "http://x").pathname)) {
      request.resume();
      response.writeHead(403, {
        "x-ms-error-code": "AuthorizationPermissionMismatch",
        "content-type": "application/xml",
      });
      response.end("<Error><Code>AuthorizationPermissionMismatch</Code><Message>No role.</Message></Error>");
      return;
    }
    const onward = forward({ hostname, port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
