import type { HttpClient } from "@azure/core-rest-pipeline";
import type { BlobServiceClient } from "@azure/storage-blob";
import type { QueueServiceClient } from "@azure/storage-queue";
import pLimit from "p-limit";
import type { Surroundings } from "../engine/current.ts";
import type { Owner } from "../engine/scheduler.ts";

/** What a process is made of. */
export interface ProcessParts {
  name: string;
  skewMs: number;
  makeApp: () => unknown;
  makeOpener: () => object;
  blobs: (process: SimProcess) => BlobServiceClient;
  queues: (process: SimProcess) => QueueServiceClient;
  httpClient: (process: SimProcess) => HttpClient;
  durable: (process: SimProcess) => object;
  token: () => Promise<{ token: string; expiresOnTimestamp: number }>;
}

/** One process of the app: what it knows dies with it. */
export class SimProcess implements Owner, Surroundings {
  readonly name: string;
  readonly skewMs: number;
  dead = false;
  frozenUntil = 0;
  readonly opener: object;
  readonly blobs: BlobServiceClient;
  readonly queues: QueueServiceClient;
  readonly httpClient: HttpClient;
  readonly token: Surroundings["token"];
  readonly #parts: ProcessParts;
  readonly #limit = pLimit(1);
  readonly #fileLimit = pLimit(1);
  #app: unknown;

  constructor(parts: ProcessParts) {
    this.#parts = parts;
    this.name = parts.name;
    this.skewMs = parts.skewMs;
    this.opener = parts.makeOpener();
    this.blobs = parts.blobs(this);
    this.queues = parts.queues(this);
    this.httpClient = parts.httpClient(this);
    this.token = parts.token;
  }

  app(): unknown {
    this.#app ??= this.#parts.makeApp();
    return this.#app;
  }

  oneAtATime<T>(work: () => Promise<T>): Promise<T> {
    return this.#limit(work);
  }

  oneFileAtATime<T>(work: () => Promise<T>): Promise<T> {
    return this.#fileLimit(work);
  }

  durableClient(): object {
    return this.#parts.durable(this);
  }
}
