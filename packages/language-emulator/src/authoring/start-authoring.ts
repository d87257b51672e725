import { join } from "node:path";
import pLimit from "p-limit";
import type { Route } from "../http/call.ts";
import { RateLimiter } from "../http/rate-limiter.ts";
import { AUTHORING_GETS, AUTHORING_POSTS } from "../limits.ts";
import type { AuthoringProblems } from "../projects/authoring.ts";
import type { Operation } from "../projects/operations/operation.ts";
import { OperationQueue, type SecondsRange } from "../projects/operations/operation-queue.ts";
import { keepProjects, type ProjectRecord } from "../projects/project-repository.ts";
import type { ProjectRegistry } from "../projects/registry.ts";
import { LinkedAccount, NOT_LINKED, type OwnContainers, type TrainingStorage } from "../projects/training-storage.ts";
import type { Statistics } from "../statistics.ts";
import { FileStore, MemoryStore } from "../store.ts";
import type { Clock } from "../time.ts";
import { currentAuthoringRoutes } from "./current/routes.ts";
import { writeLabelsFile } from "./preview/labels-file.ts";
import { previewAuthoringRoutes } from "./preview/routes.ts";

/** How authoring behaves. */
export interface AuthoringOptions {
  /**
   * Connection string of the storage account with the projects' texts. Default: containers of the emulator's own, which
   * hold the texts and `labels.json` of the projects given, and what is put there. False: the resource has no storage.
   */
  storage?: string | false;
  /** How long trainings take; default 3 to 6 seconds. What one takes follows from its names and the seed. */
  trainingSeconds?: SecondsRange;
  /** How long every other job of authoring takes; default half a second to one and a half. */
  authoringSeconds?: SecondsRange;
  authoringProblems?: AuthoringProblems;
}

const TRAINING_SECONDS: SecondsRange = { from: 3, to: 6 };
const AUTHORING_SECONDS: SecondsRange = { from: 0.5, to: 1.5 };

/** What authoring shares with the rest of the emulator. */
interface SharedParts {
  clock: Clock;
  registry: ProjectRegistry;
  containers: OwnContainers;
  statistics: Statistics;
  seed: string;
  /** Folder for projects and jobs; none: in memory. */
  data: string | undefined;
  /** Whether the documented rates are enforced. */
  limited: boolean;
}

/**
 * Makes the routes of authoring, both generations, over projects brought back to where they were.
 * @returns the routes, and what carries out the jobs whose time has come: to be called before anything is looked up
 */
export function startAuthoring(
  options: AuthoringOptions,
  { clock, registry, containers, statistics, seed, data, limited }: SharedParts,
): { routes: Route[]; settle: () => void } {
  const projects =
    data === undefined ? new MemoryStore<ProjectRecord>() : new FileStore<ProjectRecord>(join(data, "projects"));
  const store = data === undefined ? new MemoryStore<Operation>() : new FileStore<Operation>(join(data, "authoring"));
  keepProjects(registry, projects);
  const operations = new OperationQueue({
    clock,
    store,
    registry,
    statistics,
    trainingSeconds: options.trainingSeconds ?? TRAINING_SECONDS,
    jobSeconds: options.authoringSeconds ?? AUTHORING_SECONDS,
    seed,
  });
  if (options.storage === undefined) putLabels(registry, containers);
  const storage = storageOf(options.storage, containers);
  const runtime = {
    authoring: { clock, registry, operations, storage, problems: options.authoringProblems, seed },
    limiters: limited
      ? { POST: new RateLimiter(clock, [AUTHORING_POSTS]), GET: new RateLimiter(clock, [AUTHORING_GETS]) }
      : {},
    oneAtATime: pLimit(1),
  };
  return {
    routes: [...currentAuthoringRoutes(runtime), ...previewAuthoringRoutes(runtime)],
    settle: () => operations.settle(),
  };
}

function storageOf(linked: AuthoringOptions["storage"], containers: OwnContainers): TrainingStorage {
  if (linked === undefined) return containers;
  return linked === false ? NOT_LINKED : new LinkedAccount(linked);
}

/** Each container of a project holds its labels as the preview of 2021 reads them. */
function putLabels(registry: ProjectRegistry, containers: OwnContainers): void {
  for (const { metadata, assets } of registry.projects()) {
    const labels = assets === undefined ? undefined : writeLabelsFile(assets);
    if (labels !== undefined) containers.put(metadata.storageInputContainerName, "labels.json", labels);
  }
}
