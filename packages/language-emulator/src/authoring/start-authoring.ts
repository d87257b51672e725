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
import { TrainingStorage } from "../projects/training-storage.ts";
import type { Statistics } from "../statistics.ts";
import { FileStore, MemoryStore } from "../store.ts";
import type { Clock } from "../time.ts";
import { currentAuthoringRoutes } from "./current/routes.ts";
import { previewAuthoringRoutes } from "./preview/routes.ts";

/** How authoring behaves. */
export interface AuthoringOptions {
  /** Connection string of the storage account with the projects' texts; none is linked by default. */
  storage?: string;
  /** How long trainings take; default 3 to 6 seconds. What one takes follows from its names and the seed. */
  trainingSeconds?: SecondsRange;
  /** How long every other job of authoring takes; default half a second to one and a half. */
  authoringSeconds?: SecondsRange;
  authoringProblems?: AuthoringProblems;
}

const TRAINING_SECONDS: SecondsRange = { from: 3, to: 6 };
const AUTHORING_SECONDS: SecondsRange = { from: 0.5, to: 1.5 };

/** What authoring shares with the rest of the emulator. */
interface Surroundings {
  clock: Clock;
  registry: ProjectRegistry;
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
  { clock, registry, statistics, seed, data, limited }: Surroundings,
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
  const storage = new TrainingStorage(options.storage);
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
