import type { Clock } from "../clock.ts";
import type { RateLimiter } from "../http/rate-limiter.ts";
import type { JobDesk } from "../jobs/job-desk.ts";
import type { ProjectRegistry } from "../projects/registry.ts";
import type { UnknownProject } from "../projects/resolve-model.ts";

/** What the routes of every generation work with. */
export interface Runtime {
  clock: Clock;
  desk: JobDesk;
  projects: ProjectRegistry;
  limiter: RateLimiter;
  unknownProject: UnknownProject;
}
