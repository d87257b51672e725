import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

interface Submitted {
  analysisInput: { documents: { id: string; text: string }[] };
  tasks: { kind: string; taskName: string }[];
}

/** A Language service that finds the beginning of each thousand characters, at once: time goes into the app alone. */
export interface QuickLanguage extends AsyncDisposable {
  url: string;
}

const ENTITY = { length: 5, category: "Beginning", confidenceScore: 0.9 };

export async function startQuickLanguage(): Promise<QuickLanguage> {
  const answers = new Map<string, object>();
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", `http://${request.headers.host}`);
    if (request.method === "POST") {
      const id = randomUUID();
      answers.set(id, answer(id, JSON.parse(await bodyOf(request))));
      response.writeHead(202, { "operation-location": `${url.origin}${url.pathname}/${id}${url.search}` }).end();
      return;
    }
    const id = url.pathname.split("/").at(-1) ?? "";
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answers.get(id)));
    answers.delete(id);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: stop };
}

function answer(jobId: string, { analysisInput, tasks }: Submitted): object {
  const now = new Date().toISOString();
  const documents = analysisInput.documents.map(({ id, text }) => ({
    id,
    entities: Array.from({ length: Math.floor(text.length / 1000) }, (_, n) => {
      return { text: text.slice(n * 1000, n * 1000 + ENTITY.length), offset: n * 1000, ...ENTITY };
    }),
    warnings: [],
    statistics: { charactersCount: text.length, transactionsCount: Math.ceil(text.length / 1000) },
  }));
  const items = tasks.map(({ kind, taskName }) => ({
    kind: `${kind}LROResults`,
    taskName,
    lastUpdateDateTime: now,
    status: "succeeded",
    results: { documents, errors: [] },
  }));
  const counts = { completed: items.length, failed: 0, inProgress: 0, total: items.length };
  const dates = { createdDateTime: now, lastUpdatedDateTime: now };
  return { jobId, ...dates, status: "succeeded", errors: [], tasks: { ...counts, items } };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
}
