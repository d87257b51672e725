import type { BlobServiceClient, BlockBlobClient } from "@azure/storage-blob";
import { z } from "zod";
import { hostContainer } from "../blobs/blob-receipts.ts";
import { createOnDemand } from "../outputs.ts";
import { statusOf } from "../storage.ts";

/** When a timer ran and when it is due, in milliseconds since 1970; `last` is undefined before the first run. */
export interface ScheduleStatus {
  last: number | undefined;
  next: number;
  lastUpdated: number | undefined;
}

const Stored = z.object({ Last: z.string(), Next: z.string(), LastUpdated: z.string() });

/** .NET's `default(DateTime)`, which stands for "never". */
const never = "0001-01-01T00:00:00";

/** The status as a blob holds it and as a function gets it. */
export function toStored({ last, next, lastUpdated }: ScheduleStatus): z.infer<typeof Stored> {
  const text = (time: number | undefined): string => (time === undefined ? never : new Date(time).toISOString());
  return { Last: text(last), Next: text(next), LastUpdated: text(lastUpdated) };
}

/**
 * Remembers a timer's schedule in the blob `azure-webjobs-hosts/timers/<host id>/<function id>/status`
 * (`StorageScheduleMonitor.cs`), so that a run that was missed while the host was down is noticed.
 */
export class ScheduleMonitor {
  readonly #blob: BlockBlobClient;
  readonly #create: () => Promise<unknown>;

  constructor(storage: BlobServiceClient, hostId: string, functionId: string) {
    const container = storage.getContainerClient(hostContainer);
    this.#blob = container.getBlockBlobClient(`timers/${hostId}/${functionId}/status`);
    this.#create = () => container.createIfNotExists();
  }

  /** The status as last written; undefined when there is none or it cannot be read. */
  async read(): Promise<ScheduleStatus | undefined> {
    try {
      const stored = Stored.parse(JSON.parse((await this.#blob.downloadToBuffer()).toString()));
      const time = (text: string): number | undefined => (text.startsWith("0001-") ? undefined : Date.parse(text));
      const next = time(stored.Next);
      if (next === undefined) return undefined;
      return { last: time(stored.Last), next, lastUpdated: time(stored.LastUpdated) };
    } catch (error) {
      if (statusOf(error) === 404 || error instanceof SyntaxError || error instanceof z.ZodError) return undefined;
      throw error;
    }
  }

  async write(status: ScheduleStatus): Promise<void> {
    const text = JSON.stringify(toStored(status));
    await createOnDemand(() => this.#blob.upload(text, Buffer.byteLength(text)), this.#create);
  }
}
