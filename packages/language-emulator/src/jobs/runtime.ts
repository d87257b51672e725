import type { RateLimiter } from "../http/rate-limiter.ts";
import type { ProjectRegistry } from "../projects/registry.ts";
import type { UnknownProject } from "../projects/resolve-model.ts";
import type { Statistics } from "../statistics.ts";
import type { Clock } from "../time.ts";
import type { JobStore } from "./job-store.ts";

/** What the routes of every generation work with. */
export interface Runtime {
  clock: Clock;
  jobs: JobStore;
  projects: ProjectRegistry;
  /** One and the same, when submits and looks share a budget. */
  limiters: { submit: RateLimiter; status: RateLimiter };
  unknownProject: UnknownProject;
  statistics: Statistics;
}
