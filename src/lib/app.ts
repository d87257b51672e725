import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { ContainerClient } from "@azure/storage-blob";
import { describeError, type EventLog } from "./common/log.ts";
import { SettingsError } from "./common/problems.ts";
import type { ExtractionLimits } from "./documents/formats/format.ts";
import { ExpiryWatch, READING_VERSION } from "./expiry/expiry-watch.ts";
import type { LaneAddress } from "./lane/lane.ts";
import type { LaneContext } from "./lane/lane-context.ts";
import { Pacer } from "./lane/pacer.ts";
import { DocumentClaims } from "./lane/store/document-claims.ts";
import { queueNames } from "./lane/store/names.ts";
import { TextCache } from "./lane/store/text-cache.ts";
import { withJobOptions } from "./language/analysis-client.ts";
import { isNative } from "./language/api-versions.ts";
import { documentsPerJob } from "./language/limits.ts";
import { LanguageClients } from "./language-clients.ts";
import { ContainerForbidden } from "./project/errors.ts";
import type { ProjectContext } from "./project/project-session.ts";
import type { IntakeContext } from "./queueing/accept-document.ts";
import type { SweepContext } from "./queueing/inspect-pipeline.ts";
import type { TellEnd } from "./results/record.ts";
import { tellOnQueue } from "./results/tell-end.ts";
import { type AppSettings, readAppSettings } from "./settings/app-settings.ts";
import { TEXT_SETTINGS } from "./settings/app-settings-table.ts";
import { isAllowed, notAllowed } from "./settings/endpoint.ts";
import { DETECT, missingKeys, type Pipeline } from "./settings/pipeline.ts";
import { readPipelines } from "./settings/pipelines.ts";
import type { StatusContext } from "./status/describe-pipeline.ts";
import type { Containers } from "./storage/blobs.ts";
import { MessageQueue } from "./storage/message-queue.ts";
import { blobServiceAt, createStorageClients, type StorageClients } from "./storage/storage-clients.ts";
import { WorkQueue } from "./storage/work-queue.ts";

/** A megabyte as the setting MAX_DOCUMENT_MEGABYTES counts it. */
const MEGABYTE = 1024 * 1024;

/** A batch is over in seconds to minutes; looking more often would only move messages about. */
const CLAIMED_ELSEWHERE_SECONDS = 5;
/** Claiming takes a second or two. */
const VISIBILITY_TIMEOUT_SECONDS = 60;

/** Everything the functions work with, made once per process from the app settings and `pipelines.json`. */
export class App {
  readonly settings: AppSettings;
  readonly pipelines: readonly Pipeline[];
  readonly storage: StorageClients;
  readonly containers: Containers;
  /** Where project files are dropped. */
  readonly projects: ContainerClient;
  /** When deployments of custom models end. */
  readonly expiry: ExpiryWatch;
  readonly language: LanguageClients;
  readonly #queues = new Map<string, WorkQueue>();
  readonly #pacer: Pacer;
  readonly #texts = new TextCache();

  constructor(settings: AppSettings, pipelines: readonly Pipeline[]) {
    this.settings = settings;
    this.pipelines = pipelines;
    this.storage = createStorageClients(settings.storage);
    const { input, results, failed, redacted, work, projects } = settings.containers;
    const container = (name: string) => this.storage.blobs.getContainerClient(name);
    this.containers = {
      input: container(input),
      results: container(results),
      failed: container(failed),
      redacted: container(redacted),
      work: container(work),
    };
    this.projects = container(projects);
    this.language = new LanguageClients(settings, pipelines);
    this.expiry = new ExpiryWatch({
      work: this.containers.work,
      pipelines,
      endpointsOf: (pipeline) => [...this.endpoints(pipeline)],
      authoring: settings.authoring ? (endpoint) => this.language.authoring(endpoint, READING_VERSION) : undefined,
      now: Date.now,
    });
    this.#pacer = new Pacer(this.containers.work, { now: Date.now, pause });
  }

  /** The containers that the settings and pipelines ask for. */
  get neededContainers(): ContainerClient[] {
    const { redacted, ...always } = this.containers;
    const hasNative = this.pipelines.some(({ apiVersion }) => isNative(apiVersion));
    return [
      ...Object.values(always),
      ...(hasNative ? [redacted] : []),
      ...(this.settings.authoring ? [this.projects] : []),
    ];
  }

  /**
   * Makes the containers and queues that are missing. Safe to repeat, and done with the others where one cannot be made.
   * @throws Error naming each that cannot, in one line
   */
  async prepareStorage(): Promise<void> {
    const { storage } = this;
    const outcomes = await Promise.allSettled([
      // Asked first: who may not make containers may well use those that are there.
      ...this.neededContainers.map(
        async (container) => (await container.exists()) || (await container.createIfNotExists()),
      ),
      ...this.pipelines.map(({ name }) => this.queue(name).createIfMissing()),
    ]);
    const reasons = outcomes.flatMap((each) => (each.status === "rejected" ? [describeError(each.reason)] : []));
    if (reasons.length === 0) return;
    const account = storage.blobs.accountName;
    throw new Error(`The storage account ${account} is not ready. ${[...new Set(reasons)].join("; ")}`);
  }

  /** @returns undefined when pipelines.json no longer has the pipeline */
  pipeline(name: string): Pipeline | undefined {
    return this.pipelines.find((pipeline) => pipeline.name === name);
  }

  get #tellEnd(): TellEnd | undefined {
    const { completedQueue } = this.settings;
    if (completedQueue === undefined) return undefined;
    return tellOnQueue(this.#messageQueue(completedQueue), this.containers);
  }

  queue(pipeline: string): WorkQueue {
    const known = this.#queues.get(pipeline);
    if (known !== undefined) return known;
    const { express, backlog } = queueNames;
    const queues = {
      express: this.#messageQueue(express(pipeline)),
      backlog: this.#messageQueue(backlog(pipeline)),
    };
    const settings = this.pipeline(pipeline);
    const together = settings === undefined ? 1 : documentsPerJob(settings);
    const queue = new WorkQueue(queues, together, { now: Date.now, pause });
    this.#queues.set(pipeline, queue);
    return queue;
  }

  #messageQueue(name: string): MessageQueue {
    return new MessageQueue(this.storage.queues.getQueueClient(name));
  }

  claims(pipeline: string): DocumentClaims {
    return new DocumentClaims(this.containers.work, pipeline);
  }

  /** The Language resources that a pipeline's jobs go to. */
  endpoints(pipeline: Pipeline): readonly string[] {
    const several = pipeline.endpoints?.map(({ endpoint }) => endpoint);
    return several ?? [pipeline.endpoint ?? this.settings.languageEndpoint];
  }

  intake(log: EventLog): IntakeContext {
    return {
      pipelines: this.pipelines,
      containers: this.containers,
      queue: (pipeline) => this.queue(pipeline),
      tellEnd: this.#tellEnd,
      log,
      now: Date.now,
    };
  }

  sweep(log: EventLog): SweepContext {
    return {
      ...this.intake(log),
      claims: (pipeline) => this.claims(pipeline),
      queues: this.storage.queues,
      expiry: this.expiry,
      keepFinishedDays: this.settings.keepFinishedDays,
      prepareStorage: () => this.prepareStorage(),
      pageDocuments: this.settings.sweepPageDocuments,
    };
  }

  status(log: EventLog): StatusContext {
    const { maxTextRecordsPerDay } = this.settings;
    return {
      ...this.sweep(log),
      prices: this.settings.prices,
      callsPerMinute: this.settings.languageCallsPerMinute,
      endpoints: (pipeline) => this.endpoints(pipeline),
      maxTextRecordsPerDay,
    };
  }

  lane(pipeline: Pipeline, address: LaneAddress, log: EventLog): LaneContext {
    const { settings } = this;
    return {
      address,
      pipeline,
      endpoints: this.endpoints(pipeline),
      pacer: this.#pacer,
      containers: this.containers,
      queue: this.queue(pipeline.name),
      claims: this.claims(pipeline.name),
      texts: this.#texts,
      limits: {
        jobsPerBatch: settings.jobsPerBatch,
        maxAttempts: settings.maxAttempts,
        maxDocumentBytes: settings.maxDocumentMegabytes * MEGABYTE,
        extraction: extractionLimits(settings),
        maxTextRecordsPerDocument: settings.maxTextRecordsPerDocument,
        maxTextRecordsPerDay: settings.maxTextRecordsPerDay,
        firstPollSeconds: settings.firstPollSeconds,
        longestPollSeconds: settings.longestPollSeconds,
        longestBlockedSeconds: settings.longestBlockedSeconds,
        claimedElsewhereSeconds: CLAIMED_ELSEWHERE_SECONDS,
        visibilityTimeoutSeconds: VISIBILITY_TIMEOUT_SECONDS,
      },
      client: (endpoint, apiVersion) =>
        withJobOptions(this.language.analysis(endpoint, apiVersion), {
          ...pipeline,
          // Where languages are found out before, the service has no need of it.
          defaultLanguage: pipeline.language === DETECT ? undefined : pipeline.defaultLanguage,
        }),
      tellEnd: this.#tellEnd,
      log,
      now: Date.now,
      newBatchId: () => randomBytes(9).toString("base64url"),
    };
  }

  /** What looks for projects works with. */
  projectSweep(log: EventLog): Pick<ProjectContext, "containers" | "log" | "now"> {
    return { containers: { projects: this.projects, work: this.containers.work }, log, now: Date.now };
  }

  project(project: string, log: EventLog): ProjectContext {
    const { settings, storage } = this;
    return {
      ...this.projectSweep(log),
      project,
      trainingContainer({ container, storageAccount }) {
        const { storage: rule } = settings.allowed;
        if (storageAccount !== undefined && !isAllowed(storageAccount, rule)) {
          throw new ContainerForbidden(notAllowed(storageAccount, rule));
        }
        const blobs = storageAccount === undefined ? storage.blobs : blobServiceAt(storageAccount, settings.storage);
        return blobs.getContainerClient(container);
      },
      client: ({ endpoint, apiVersion }) => this.language.authoring(endpoint ?? settings.languageEndpoint, apiVersion),
      longestBlockedSeconds: settings.longestBlockedSeconds,
    };
  }
}

function extractionLimits(settings: AppSettings): ExtractionLimits {
  return {
    pages: settings.maxDocumentPages,
    unpackedBytes: settings.maxUnpackedMegabytes * MEGABYTE,
    nesting: settings.maxNestedLevels,
    seconds: settings.extractionSeconds,
    memoryBytes: settings.extractionMegabytes * MEGABYTE,
    characters: settings.maxDocumentMegabytes * MEGABYTE,
  };
}

/**
 * Reads the app settings and the pipelines.
 * @throws SettingsError listing every problem of both
 */
export function readApp(env: Record<string, string | undefined>): App {
  const settings = attempt(() => readAppSettings(env));
  const file = "value" in settings ? settings.value.pipelinesFile : env[TEXT_SETTINGS.pipelinesFile.name]?.trim();
  const rule = "value" in settings ? settings.value.allowed.language : undefined;
  const pipelines = attempt(() => readPipelines(file || TEXT_SETTINGS.pipelinesFile.default, rule));
  if ("value" in settings && "value" in pipelines) {
    const problems = missingKeys(settings.value.languageKeys, pipelines.value);
    if (problems.length > 0) throw new SettingsError("App settings", problems);
    return new App(settings.value, pipelines.value);
  }
  const errors = [settings, pipelines].flatMap((each) => ("error" in each ? [each.error] : []));
  throw new SettingsError(
    errors.map(({ source }) => source).join(" and "),
    errors.flatMap(({ problems }) => problems),
  );
}

function attempt<T>(read: () => T): { value: T } | { error: SettingsError } {
  try {
    return { value: read() };
  } catch (error) {
    if (error instanceof SettingsError) return { error };
    throw error;
  }
}

/** What is wrong with the settings; undefined when nothing is. */
export function settingsProblem(): SettingsError | undefined {
  const opened = attempt(app);
  return "error" in opened ? opened.error : undefined;
}

let current: App | undefined;

/** The app of this process. What is wrong with the settings is found anew each time. @throws SettingsError */
export function app(): App {
  current ??= readApp(process.env);
  return current;
}
