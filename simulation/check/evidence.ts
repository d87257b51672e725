import type { Run } from "../run/run-plan.ts";
import type { BlobStore, StoredBlob } from "../storage/blob-store.ts";

/** A record as it stands in storage. */
interface StoredRecord {
  container: "results" | "failed";
  pipeline: string;
  /** Of the document. */
  name: string;
  etag: string;
  status: string;
  textRecords: number;
  code: string | undefined;
}

interface Totals {
  succeeded: number;
  partiallySucceeded: number;
  failed: number;
  jobs: number;
  requests: number;
  textRecords: number;
}

/** What storage holds at the end of a run, read without any code of the app. */
export interface Evidence {
  records: StoredRecord[];
  totals: Map<string, Totals>;
  /** Lane files with a batch in hand. */
  busyLanes: string[];
}

interface RawRecord {
  pipeline: string;
  status: string;
  document: { name: string; etag: string };
  usage?: { textRecords: number };
  error?: { code: string };
}

const NOTHING: Totals = { succeeded: 0, partiallySucceeded: 0, failed: 0, jobs: 0, requests: 0, textRecords: 0 };

/** Files that belong to records stand beside them, and have other endings. */
function recordsIn(container: BlobStore | undefined): StoredBlob[] {
  return (container?.list("") ?? []).filter(({ name }) => name.endsWith(".json"));
}

export function readEvidence({ world }: Run): Evidence {
  const { containers } = world.storage;
  const records = (["results", "failed"] as const).flatMap((container) =>
    recordsIn(containers.get(container)).map(({ body }): StoredRecord => {
      const { pipeline, status, document, usage, error } = JSON.parse(body.toString("utf8")) as RawRecord;
      const { name, etag } = document;
      const textRecords = usage?.textRecords ?? 0;
      return { container, pipeline, name, etag, status, textRecords, code: error?.code };
    }),
  );
  const totals = new Map<string, Totals>();
  const busyLanes: string[] = [];
  for (const { name, body } of containers.get("language-batch-work")?.list("lanes/") ?? []) {
    const [, pipeline = ""] = name.split("/");
    const file = JSON.parse(body.toString("utf8")) as { totals: Totals; batch?: object };
    if (file.batch !== undefined) busyLanes.push(name);
    const sum = totals.get(pipeline) ?? NOTHING;
    const keys = Object.keys(NOTHING) as (keyof Totals)[];
    totals.set(
      pipeline,
      Object.fromEntries(keys.map((key) => [key, sum[key] + file.totals[key]])) as unknown as Totals,
    );
  }
  return { records, totals, busyLanes };
}

/** Where documents go that no pipeline wants. */
export const UNMATCHED = "_unmatched";

/** Whether a document is a file of rows. */
export function isSheet(name: string): boolean {
  return name.startsWith("sheets/");
}

/** The pipelines that want a document, by the names that plans give. */
export function wantedBy(name: string): string[] {
  const wanted = [
    ...(name.startsWith("tickets/") ? ["tickets"] : []),
    ...(name.endsWith(".mail.txt") ? ["mails"] : []),
    ...(isSheet(name) ? ["sheets"] : []),
    ...(name.startsWith("letters/") ? ["letters"] : []),
  ];
  return wanted.length === 0 ? [UNMATCHED] : wanted;
}
