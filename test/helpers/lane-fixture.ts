import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { LogEvent } from "../../src/lib/common/log.ts";
import { ExpiryWatch } from "../../src/lib/expiry/expiry-watch.ts";
import { firstStep, type LaneStep } from "../../src/lib/lane/lane.ts";
import type { LaneContext, LaneLimits } from "../../src/lib/lane/lane-context.ts";
import { LaneOpener } from "../../src/lib/lane/lane-opener.ts";
import { Pacer } from "../../src/lib/lane/pacer.ts";
import { runStep } from "../../src/lib/lane/run-step.ts";
import { DocumentClaims } from "../../src/lib/lane/store/document-claims.ts";
import { type LaneFile, openLaneFile } from "../../src/lib/lane/store/lane-file.ts";
import { TextCache } from "../../src/lib/lane/store/text-cache.ts";
import { documentsPerJob } from "../../src/lib/language/limits.ts";
import { acceptDocument } from "../../src/lib/queueing/accept-document.ts";
import type { SweepContext } from "../../src/lib/queueing/inspect-pipeline.ts";
import type { Pipeline } from "../../src/lib/settings/pipeline.ts";
import type { StatusContext } from "../../src/lib/status/describe-pipeline.ts";
import type { Containers } from "../../src/lib/storage/blobs.ts";
import { breakLease } from "../../src/lib/storage/lease.ts";
import { MessageQueue } from "../../src/lib/storage/message-queue.ts";
import { WorkQueue } from "../../src/lib/storage/work-queue.ts";
import { pricesSchema } from "../../src/lib/usage/prices.ts";
import type { Fuse } from "./fuse.ts";
import { azurite, type LaneStorage, laneStorage } from "./lane-storage.ts";
import { ScriptedLanguage } from "./scripted-language.ts";

const TEST_LIMITS: LaneLimits = {
  jobsPerBatch: 4,
  maxAttempts: 3,
  maxDocumentBytes: 1_000_000,
  extraction: {
    pages: 500,
    unpackedBytes: 20_000_000,
    nesting: 200,
    seconds: 20,
    memoryBytes: 256 * 1024 * 1024,
    characters: 1_000_000,
  },
  maxTextRecordsPerDocument: 10_000,
  maxTextRecordsPerDay: 1_000_000,
  firstPollSeconds: 2,
  longestPollSeconds: 30,
  longestBlockedSeconds: 300,
  claimedElsewhereSeconds: 1,
  visibilityTimeoutSeconds: 1,
};

interface FixtureOptions {
  /** Kills the process at one of its operations on storage. */
  fuse?: Fuse;
  /** On the run's Azurite in place of storage in memory. */
  onAzurite?: boolean;
}

/** A pipeline on its own containers and queue of the run's storage emulator, with a scripted Language service. */
export class LaneFixture {
  readonly language = new ScriptedLanguage();
  readonly events: LogEvent[] = [];
  readonly storage: LaneStorage;
  readonly containers: Containers;
  readonly queue: WorkQueue;
  /** The two queues that it is made of. */
  readonly express: MessageQueue;
  readonly backlog: MessageQueue;
  readonly pipeline: Pipeline;
  limits = TEST_LIMITS;
  /** The service that lanes talk to; by default the scripted one. */
  client: LaneContext["client"] = () => this.language;
  /** Added to the clock by waiting: lanes wait in no time. */
  skippedMs = 0;
  opened: number[] = [];
  readonly pacer: Pacer;

  private constructor(name: string, pipeline: Partial<Pipeline>, options: FixtureOptions) {
    this.storage = options.onAzurite ? azurite(options.fuse) : laneStorage(this.now, options.fuse);
    const container = (kind: string) => this.storage.blobs.getContainerClient(`${name}-${kind}`);
    this.containers = {
      input: container("documents"),
      results: container("results"),
      failed: container("failed"),
      redacted: container("redacted"),
      work: container("work"),
    };
    this.pacer = new Pacer(this.containers.work, {
      now: this.now,
      pause: async (milliseconds) => {
        this.skippedMs += milliseconds;
      },
    });
    this.express = new MessageQueue(this.storage.queues.getQueueClient(`${name}-express`));
    this.backlog = new MessageQueue(this.storage.queues.getQueueClient(`${name}-backlog`));
    this.pipeline = {
      name: "tickets",
      match: "**",
      apiVersion: "2023-04-01",
      tasks: [
        {
          kind: "CustomSingleLabelClassification",
          name: "topic",
          parameters: { projectName: "tickets", deploymentName: "production" },
        },
      ],
      lanes: 4,
      maxWaitSeconds: 0,
      ...pipeline,
    };
    this.queue = new WorkQueue(this, documentsPerJob(this.pipeline), { now: this.now, pause: async () => {} });
  }

  static async create(pipeline: Partial<Pipeline> = {}, options: FixtureOptions = {}): Promise<LaneFixture> {
    const fixture = new LaneFixture(`t${randomBytes(8).toString("hex")}`, pipeline, options);
    await Promise.all(Object.values(fixture.containers).map((container) => container.createIfNotExists()));
    await fixture.queue.createIfMissing();
    return fixture;
  }

  now = (): number => Date.now() + this.skippedMs;

  context(lane = 0, changes: Partial<LaneContext> = {}): LaneContext {
    return {
      address: { pipeline: this.pipeline.name, lane },
      pipeline: this.pipeline,
      endpoints: ["http://language.test"],
      pacer: this.pacer,
      containers: this.containers,
      queue: this.queue,
      claims: new DocumentClaims(this.containers.work, this.pipeline.name),
      texts: new TextCache(),
      limits: this.limits,
      client: (...resource) => this.client(...resource),
      log: (event) => void this.events.push(event),
      now: this.now,
      newBatchId: () => randomBytes(6).toString("hex"),
      ...changes,
    };
  }

  /** What intake, walks, the sweep and the overview work with. */
  sweepContext(changes: Partial<SweepContext> = {}): SweepContext {
    const { pipeline, containers, queue, now } = this;
    return {
      pipelines: [pipeline],
      containers,
      queue: () => queue,
      claims: (name) => new DocumentClaims(containers.work, name),
      pageDocuments: 10,
      queues: this.storage.queues,
      keepFinishedDays: 7,
      expiry: new ExpiryWatch({
        work: containers.work,
        pipelines: [pipeline],
        endpointsOf: () => ["http://language.test"],
        authoring: undefined,
        now,
      }),
      prepareStorage: async () => {},
      log: (event) => void this.events.push(event),
      now,
      ...changes,
    };
  }

  /** What the overview works with. */
  statusContext(changes: Partial<SweepContext> = {}): StatusContext {
    const prices = pricesSchema.parse(undefined);
    return {
      ...this.sweepContext(changes),
      prices,
      callsPerMinute: 1_000,
      endpoints: ({ endpoints }) => endpoints?.map(({ endpoint }) => endpoint) ?? ["http://language.test"],
      maxTextRecordsPerDay: 1_000_000,
    };
  }

  /** Writes a document and tells the intake of it, `events` times. */
  async drop(name: string, text: string | Uint8Array, events = 1): Promise<void> {
    const body = typeof text === "string" ? Buffer.from(text) : text;
    await this.containers.input.getBlockBlobClient(name).upload(body, body.length);
    for (let event = 0; event < events; event++) await this.announce(name);
  }

  async announce(name: string, reason: "event" | "redrive" = "event"): Promise<void> {
    await acceptDocument(this.sweepContext(), name, reason);
  }

  /** Takes one step of a lane. */
  async step(step: LaneStep, changes: Partial<LaneContext> = {}): Promise<LaneStep> {
    const host = {
      runningStatus: async () => undefined,
      start: async (_id: string, { lane }: LaneStep) => void this.opened.push(lane),
    };
    return runStep(this.context(step.lane, changes), step, { host, opener: new LaneOpener({ now: this.now }) });
  }

  /** Runs a lane until it closes, or until `until` holds for the step to come; waits take no time. */
  async run(until: (next: LaneStep) => boolean = () => false, lane = 0, from?: LaneStep): Promise<LaneStep> {
    let step = from ?? firstStep({ pipeline: this.pipeline.name, lane });
    for (let taken = 0; taken < 500; taken++) {
      step = await this.step(step);
      if (step.action === "close" || until(step)) return step;
      this.skippedMs += step.afterSeconds * 1000;
      if (this.storage.isReal && step.action === "claim" && step.afterSeconds >= 1) await sleep(300);
    }
    throw new Error(`The lane was still at ${JSON.stringify(step)} after 500 steps`);
  }

  /** Lets time pass for all: lanes, leases and hidden messages. */
  async pass(milliseconds: number): Promise<void> {
    if (this.storage.isReal) await sleep(milliseconds);
    else this.skippedMs += milliseconds;
  }

  /** Runs lane 0 until it has nothing to do. */
  finish(from?: LaneStep): Promise<LaneStep> {
    return this.run((next) => next.status.state === "closing", 0, from);
  }

  /** What time does to the leases of a process that died. */
  async endLeases(): Promise<void> {
    for (const name of await this.workBlobs()) await breakLease(this.containers.work, name);
  }

  /** The file of lane 0. */
  async file(): Promise<LaneFile> {
    return (await openLaneFile(this.containers.work, { pipeline: this.pipeline.name, lane: 0 }).read()).value;
  }

  /** What batches have left in the work container. */
  workBlobs(): Promise<string[]> {
    return names(this.containers.work, "batches/");
  }

  async results(): Promise<string[]> {
    return names(this.containers.results);
  }

  async failures(): Promise<string[]> {
    return names(this.containers.failed);
  }

  async read(kind: "results" | "failed", name: string): Promise<Record<string, unknown>> {
    const blob = this.containers[kind].getBlobClient(`${this.pipeline.name}/${name}.json`);
    return JSON.parse((await blob.downloadToBuffer()).toString("utf8"));
  }
}

async function names(container: Containers["results"], prefix = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of container.listBlobsFlat({ prefix })) found.push(name);
  return found;
}
