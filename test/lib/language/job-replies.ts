import type { Reply } from "./scripted-server.ts";

/** Accepts a job; the operation location has this host, as the request was addressed. */
export const accept: Reply = (response, { url, headers }) => {
  const [path, query = ""] = url.split("?");
  const jobs = path?.endsWith("/jobs") ? path : `${path}/jobs`;
  const location = `http://${headers.host}${jobs}/j-1${query === "" ? "" : `?${query}`}`;
  response.writeHead(202, { "operation-location": location }).end();
};

/** A finished job without tasks. */
export function state(overrides: Record<string, unknown> = {}) {
  return {
    jobId: "j-1",
    status: "succeeded",
    errors: [],
    createdDateTime: "2025-03-01T12:00:00Z",
    lastUpdatedDateTime: "2025-03-01T12:00:05Z",
    tasks: { items: [] },
    ...overrides,
  };
}

/** A task of key phrases that has answered about these documents. */
export function phrases(...ids: string[]) {
  const documents = ids.map((id) => ({ id, keyPhrases: [id], warnings: [] }));
  return {
    kind: "KeyPhraseExtractionLROResults",
    taskName: "phrases",
    lastUpdateDateTime: "2025-03-01T12:00:04Z",
    status: "succeeded",
    results: { documents, errors: [], modelVersion: "2022-10-01" },
  };
}
