import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { BlobServiceClient } from "@azure/storage-blob";
import { adminRoutes, type Controls } from "./admin.ts";
import { nativeRoutes } from "./analyze-documents/analyze-documents.ts";
import { atOnceRoutes } from "./analyze-text/analyze-at-once.ts";
import { currentRoutes } from "./analyze-text/analyze-text.ts";
import { type AuthoringOptions, startAuthoring } from "./authoring/start-authoring.ts";
import { authenticate, DEFAULT_KEY } from "./http/auth.ts";
import type { Reply, Route } from "./http/call.ts";
import { RateLimiter } from "./http/rate-limiter.ts";
import {
  type Certificate,
  close,
  createApp,
  DroppedConnection,
  type Exchange,
  fetchFrom,
  listen,
} from "./http/server.ts";
import { invalidRequest, resourceNotFound, ServiceError } from "./http/service-error.ts";
import type { Job } from "./jobs/job.ts";
import { JobStore } from "./jobs/job-store.ts";
import type { RateLimit } from "./limits.ts";
import { loadProjects } from "./projects/project-repository.ts";
import { ProjectRegistry } from "./projects/registry.ts";
import type { UnknownProject } from "./projects/resolve-model.ts";
import { OwnContainers } from "./projects/training-storage.ts";
import { decide } from "./scenario/decide.ts";
import { distort } from "./scenario/distort-answer.ts";
import { requestFacts, Scenario } from "./scenario/scenario.ts";
import { parseScenario, type ScenarioDefinition } from "./scenario/schema.ts";
import { Statistics, type StatisticsReport } from "./statistics.ts";
import { FileStore, MemoryStore } from "./store.ts";
import { previewRoutes } from "./text-analytics-v3/text-analytics-v3.ts";
import type { TaskState } from "./text-analytics-v3/versions.ts";
import { type Clock, systemClock } from "./time.ts";

export interface LanguageServiceOptions extends AuthoringOptions {
  /** 0 (default): any free port. */
  port?: number;
  /** Default 127.0.0.1. */
  host?: string;
  /** With one it speaks HTTPS, which clients want before they send a Microsoft Entra ID token. */
  certificate?: Certificate;
  /** Keys that are accepted; default one, `local-language-key`. */
  keys?: readonly string[];
  /** Bearer tokens that are accepted beside any unexpired JWT for the service's audience. */
  tokens?: readonly string[];
  clock?: Clock;
  /** How long jobs take; default 1 to 3 seconds. What one job takes follows from its texts and the seed. */
  jobSeconds?: { from: number; to: number };
  seed?: string;
  /** Default none; `TIER_S` holds the service's own. With any, authoring has its own limits too. */
  rateLimits?: readonly RateLimit[];
  /**
   * Whether submits and looks at a job share one budget (default) or have one each: the service's answers of 429 name
   * the operation, its documentation names one number.
   */
  rateCounting?: "together" | "apart";
  /** What shall go wrong; default nothing. */
  scenario?: ScenarioDefinition;
  /** A folder with `labels` and `training`, or projects already trained; default none. */
  projects?: string | ProjectRegistry;
  unknownProject?: UnknownProject;
  /** The account whose documents the service reads itself; default that of `storage`. */
  documents?: BlobServiceClient;
  /** How the older versions (`/text/analytics`) say how a task went; default as recorded or documented for each. */
  taskState?: TaskState;
  /** Keep jobs, projects and models in this folder, so that they outlive the process; default in memory. */
  data?: string;
}

/** An emulator of the Language service in this process: what it was started with, and what can be changed meanwhile. */
export interface LanguageEmulator {
  /** The first of the keys. */
  readonly key: string;
  readonly projects: ProjectRegistry;
  /**
   * Answers one request without a server.
   * @returns undefined when the connection breaks in place of an answer
   */
  fetch(request: Request): Promise<Response | undefined>;
  /** Every job that was accepted, in the order of acceptance, with all that it will ever answer. */
  jobs(): Iterable<Job>;
  stats(): StatisticsReport;
  /** Puts other rules in force. @throws Error that names each wrong place */
  setScenario(scenario: ScenarioDefinition): void;
  /** Accepts these keys and no others. */
  setKeys(keys: readonly string[]): void;
}

/** A running emulator of the Language service, behind a server. */
export interface LanguageService extends LanguageEmulator, AsyncDisposable {
  readonly url: string;
  stop(): Promise<void>;
}

export type { ScenarioDefinition } from "./scenario/schema.ts";

/**
 * Starts an emulator of the Language service: its runtime (jobs of the current wire and of two previews) and its
 * authoring (the current one and the preview of 2021).
 */
export async function startLanguageService(options: LanguageServiceOptions = {}): Promise<LanguageService> {
  const { app, emulator } = createEmulator(options);
  const { server, url } = await listen(app, options.host ?? "127.0.0.1", options.port ?? 0, options.certificate);
  const stop = (): Promise<void> => close(server);
  return { ...emulator, url, stop, [Symbol.asyncDispose]: stop };
}

/** The same without a server, for a client in this process. */
export function createLanguageEmulator(options: LanguageServiceOptions = {}): LanguageEmulator {
  return createEmulator(options).emulator;
}

function createEmulator(options: LanguageServiceOptions): {
  app: ReturnType<typeof createApp>;
  emulator: LanguageEmulator;
} {
  const { clock = systemClock, keys = [DEFAULT_KEY], projects = new ProjectRegistry() } = options;
  const statistics = new Statistics();
  const containers = new OwnContainers();
  const controls: Controls = {
    clock,
    credentials: { keys, tokens: options.tokens ?? [] },
    scenario: new Scenario(parseScenario(options.scenario ?? { rules: [] })),
    projects:
      typeof projects === "string"
        ? loadProjects(projects, clock.now(), (...blob) => containers.put(...blob))
        : projects,
    containers,
    statistics,
  };
  const { data, jobSeconds = { from: 1, to: 3 }, seed = "language", rateLimits = [] } = options;
  const store = data === undefined ? new MemoryStore<Job>() : new FileStore<Job>(join(data, "jobs"));
  const submits = new RateLimiter(clock, rateLimits);
  const apart = options.rateCounting === "apart";
  const runtime = {
    clock,
    projects: controls.projects,
    limiters: { submit: submits, status: apart ? new RateLimiter(clock, rateLimits) : submits },
    unknownProject: options.unknownProject ?? "refuse",
    statistics,
    jobs: new JobStore({ clock, store, statistics, jobSeconds, seed }),
  };
  const limited = rateLimits.length > 0;
  const shared = { clock, registry: controls.projects, containers, statistics, seed, data, limited };
  const authoring = startAuthoring(options, shared);
  const routes = [
    ...currentRoutes(runtime),
    ...nativeRoutes(runtime, options.documents ?? (options.storage || undefined)),
    ...atOnceRoutes(runtime),
    ...previewRoutes(runtime, options.taskState),
    ...authoring.routes,
  ];
  const { settle } = authoring;
  const app = createApp(
    routes,
    (exchange, route) => answer(exchange, route, controls, settle),
    adminRoutes(controls, settle),
  );
  const emulator: LanguageEmulator = {
    key: keys[0] ?? DEFAULT_KEY,
    projects: controls.projects,
    fetch: (request) => fetchFrom(app, request),
    jobs: () => store.all(),
    stats: () => statistics.report(),
    setScenario(scenario) {
      controls.scenario = new Scenario(parseScenario(scenario));
    },
    setKeys(accepted) {
      controls.credentials = { ...controls.credentials, keys: accepted };
    },
  };
  return { app, emulator };
}

/** One request from its first byte to its answer: key, scenario, operation. */
async function answer(
  exchange: Exchange,
  route: Route | undefined,
  controls: Controls,
  settle: () => void,
): Promise<Reply> {
  settle();
  const { method, query, headers, endpoint, body, names } = exchange;
  const { statistics } = controls;
  statistics.countRequest(route === undefined ? "unknown" : `${method} ${route.path}`);
  try {
    authenticate(headers, controls.credentials, controls.clock);
    const facts = requestFacts(exchange, route?.operation, body ?? "");
    const decision = decide(controls.scenario.actionsFor(facts), facts);
    if (decision.latencyMilliseconds > 0) await delay(decision.latencyMilliseconds, undefined, { ref: false });
    if (decision.drop === "before") throw new DroppedConnection();
    if (decision.refusal !== undefined) throw decision.refusal;
    if (route === undefined) throw resourceNotFound();
    if (body === undefined) {
      const message = "The maximum request size has been exceeded.";
      throw invalidRequest("Invalid Request.", "InvalidRequest", message);
    }
    settle();
    const own = await route.answer({ query, body, endpoint, name: facts.name, plan: decision.plan }, ...names);
    if (decision.drop === "after") throw new DroppedConnection();
    const reply = decision.distortion === undefined ? own : distort(own, decision.distortion);
    statistics.countAnswer(reply.status);
    return reply;
  } catch (error) {
    statistics.countAnswer(
      error instanceof DroppedConnection ? "dropped" : error instanceof ServiceError ? error.status : 500,
    );
    throw error;
  }
}
