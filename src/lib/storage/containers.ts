import type { ContainerClient } from "@azure/storage-blob";

/** Where records and the files beside them are kept; `input` is asked which version of a document is the current one, when nothing else tells. */
export interface RecordContainers {
  input: ContainerClient;
  results: ContainerClient;
  failed: ContainerClient;
  /** Copies of files that the service redacted; made only where a pipeline has such. */
  redacted: ContainerClient;
}

/** The containers of the app. */
export interface Containers extends RecordContainers {
  /** What is under way, and what is counted. */
  work: ContainerClient;
}
