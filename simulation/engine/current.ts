import type { HttpClient } from "@azure/core-rest-pipeline";
import type { BlobServiceClient } from "@azure/storage-blob";
import type { QueueServiceClient } from "@azure/storage-queue";

/** What the modules that stand in for a process's surroundings ask of the process whose code runs at this moment. */
export interface Surroundings {
  /** The app of the process. @throws SettingsError */
  app(): unknown;
  readonly opener: object;
  readonly blobs: BlobServiceClient;
  readonly queues: QueueServiceClient;
  readonly httpClient: HttpClient;
  /** One piece of work at a time, in this process. */
  oneAtATime<T>(work: () => Promise<T>): Promise<T>;
  oneFileAtATime<T>(work: () => Promise<T>): Promise<T>;
  token(): Promise<{ token: string; expiresOnTimestamp: number }>;
  /** The client of Durable Functions that an invocation is given. */
  durableClient(): object;
}

let lookUp: () => Surroundings = () => {
  throw new Error("No simulated process is at work");
};

/** The surroundings of whatever runs now. */
export function surroundings(): Surroundings {
  return lookUp();
}

export function provideSurroundings(of: () => Surroundings): void {
  lookUp = of;
}
