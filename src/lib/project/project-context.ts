import type { ContainerClient } from "@azure/storage-blob";
import type { EventLog } from "../common/log.ts";
import type { AuthoringClient } from "../language/authoring/authoring.ts";
import type { Definition } from "./definition/definition.ts";

/** All that work on a project needs. */
export interface ProjectContext {
  project: string;
  containers: {
    /** Where project files are dropped and statuses written. */
    projects: ContainerClient;
    work: ContainerClient;
  };
  /** The container with a project's training texts. */
  trainingContainer(definition: Pick<Definition, "container" | "storageAccount">): ContainerClient;
  client(definition: Pick<Definition, "endpoint" | "apiVersion">): AuthoringClient;
  /** What is wrong lasts; the pause between two tries grows up to this. */
  longestBlockedSeconds: number;
  log: EventLog;
  /** Milliseconds since 1970. */
  now(): number;
}
