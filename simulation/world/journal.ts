import type { StoredBlob } from "../storage/blob-store.ts";

/** A record that was written. */
export interface WrittenRecord {
  at: number;
  container: "results" | "failed";
  name: string;
  /** Of the document. */
  documentEtag: string;
}

const JOB_ID = /"jobId":"([^"]+)"/g;

/** What storage held in the course of a run, as far as its end does not tell. */
export class Journal {
  readonly records: WrittenRecord[] = [];
  /** Jobs whose ticket was ever stored. */
  readonly tickets = new Set<string>();

  note(at: number, container: string, name: string, blob: StoredBlob | undefined): void {
    if (blob === undefined) return;
    if (container === "results" || container === "failed") {
      if (!name.endsWith(".json")) return;
      this.records.push({ at, container, name, documentEtag: blob.metadata.documentetag ?? "" });
    } else if (name.endsWith("/progress.json")) {
      for (const [, jobId = ""] of blob.body.toString("utf8").matchAll(JOB_ID)) this.tickets.add(jobId);
    }
  }
}
