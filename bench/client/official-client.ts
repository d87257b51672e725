import { performance } from "node:perf_hooks";
import { AzureKeyCredential, TextAnalysisClient } from "@azure/ai-language-text";
import pMap from "p-map";

/** A script on Microsoft's own client, as it is written after its README. */
export interface ClientScript {
  /** Batches at a time. */
  concurrency: number;
  /** Between two looks at a job; absent: the client's default, 2 s. */
  pollMilliseconds?: number;
}

export interface ClientRun {
  documents: number;
  seconds: number;
  /** What the script ended with, if it did not come to its end: name, status and code, else the beginning of the message. */
  exception: string | undefined;
}

/** What one request may hold. */
const DOCUMENTS_PER_BATCH = 25;

/** Analyses texts through the client, 25 in a batch. The script ends with the first exception, as one without a catch does. */
export async function runClient(
  { endpoint, key }: { endpoint: string; key: string },
  script: ClientScript,
  texts: readonly string[],
): Promise<ClientRun> {
  const client = new TextAnalysisClient(endpoint, new AzureKeyCredential(key), { allowInsecureConnection: true });
  const options = script.pollMilliseconds === undefined ? {} : { updateIntervalInMs: script.pollMilliseconds };
  const batches = Array.from({ length: Math.ceil(texts.length / DOCUMENTS_PER_BATCH) }, (_, n) =>
    texts.slice(n * DOCUMENTS_PER_BATCH, (n + 1) * DOCUMENTS_PER_BATCH),
  );
  const started = performance.now();
  let documents = 0;
  const analyse = async (batch: string[]): Promise<void> => {
    const poller = await client.beginAnalyzeBatch([{ kind: "KeyPhraseExtraction" }], batch, "en", options);
    for await (const action of await poller.pollUntilDone()) {
      if (action.error !== undefined) throw action.error;
      documents += action.results.length;
    }
  };
  const exception = await pMap(batches, analyse, { concurrency: script.concurrency }).then(() => undefined, describe);
  return { documents, seconds: (performance.now() - started) / 1_000, exception };
}

function describe(error: unknown): string {
  const { name, statusCode, code, message = "" } = error as Error & { statusCode?: number; code?: string };
  const parts = statusCode === undefined ? [name, message.slice(0, 60)] : [name, statusCode, code];
  return parts.filter((part) => part !== undefined).join(" ");
}
