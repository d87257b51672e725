import { randomBytes } from "node:crypto";
import pMap from "p-map";
import { blobServiceClient } from "../../simulation/storage/blob-clients.ts";
import { queueServiceClient } from "../../simulation/storage/queue-clients.ts";
import { MemoryStorage } from "../../simulation/storage/storage.ts";
import type { LogEvent } from "../../src/lib/common/log.ts";
import { firstStep, type LaneStatus, type LaneStep, laneInstanceId } from "../../src/lib/lane/lane.ts";
import type { LaneContext, LaneLimits } from "../../src/lib/lane/lane-context.ts";
import { LaneOpener } from "../../src/lib/lane/lane-opener.ts";
import { Pacer } from "../../src/lib/lane/pacer.ts";
import { runSteps } from "../../src/lib/lane/run-step.ts";
import { DocumentClaims } from "../../src/lib/lane/store/document-claims.ts";
import { TextCache } from "../../src/lib/lane/store/text-cache.ts";
import type { AnalysisClient } from "../../src/lib/language/analysis.ts";
import { DOCUMENTS_PER_JOB } from "../../src/lib/language/limits.ts";
import { acceptDocument } from "../../src/lib/queueing/accept-document.ts";
import type { Pipeline } from "../../src/lib/settings/pipeline.ts";
import type { Containers } from "../../src/lib/storage/blobs.ts";
import { MessageQueue } from "../../src/lib/storage/message-queue.ts";
import { WorkQueue } from "../../src/lib/storage/work-queue.ts";
import { LimitedService, type ServiceOptions } from "./limited-service.ts";
import type { Time } from "./virtual-time.ts";

/** Events that the host gives out at a time: `maxDegreeOfParallelism` in `host.json`. */
const TOGETHER = 16;

export interface LanesOptions extends ServiceOptions {
  documents: number;
  /** In place of a service on virtual time. */
  client?: AnalysisClient;
  tasks?: number;
  /** Language resources, each with the limit for itself. */
  resources?: number;
  /** The first resource is out of order: what it says to a call. */
  firstRefuses?: ServiceOptions["refusal"];
  /** As many as there may be; absent: the default. */
  lanes?: number;
  /** Between two documents; absent: all wait from the beginning. */
  everySeconds?: number;
  /** Small drops while the others wait. */
  late?: readonly LateDrop[];
}

interface LateDrop {
  /** After the first document was dropped. */
  atMinutes: number;
  documents: number;
}

export interface LanesRun {
  jobs: number;
  calls: number;
  refused: number;
  minutes: number;
  /** Storage transactions. */
  transactions: number;
  /** Executions of activities: steps that follow at once share one. */
  activities: number;
  lanes: number;
  /** When each document had ended, minutes after the first was dropped. */
  ends: number[];
  /** When each resource took its jobs, minutes after the first document was dropped. */
  takenAt: number[][];
  /** How long each of the late documents took from its drop to its record, minutes. */
  lateWaits: number[];
  /** With the documents, the records and whatever else is left. */
  storage: MemoryStorage;
}

/** The defaults of the app settings. */
const LIMITS: LaneLimits = {
  jobsPerBatch: 24,
  maxAttempts: 5,
  maxDocumentBytes: 20_000_000,
  extraction: { pages: 1, unpackedBytes: 1, nesting: 1, seconds: 1, memoryBytes: 1, characters: 1 }, // none is read here
  maxTextRecordsPerDocument: 5_000,
  maxTextRecordsPerDay: 100_000_000,
  firstPollSeconds: 2,
  longestPollSeconds: 30,
  longestBlockedSeconds: 300,
  claimedElsewhereSeconds: 5,
  visibilityTimeoutSeconds: 60,
};

/** A timer of the orchestration fires a second later (`src/functions/bindings/step-loop.ts`). */
const TIMER_MARGIN_MS = 1_000;

/** The app's own intake and lanes on storage in memory and virtual time, until the last document has its record. */
export async function runLanes(time: Time, options: LanesOptions): Promise<LanesRun> {
  const storage = new MemoryStorage(time.now);
  let transactions = 0;
  const gate = async <T>(_: unknown, apply: () => T): Promise<T> => {
    transactions++;
    await new Promise((resolve) => setImmediate(resolve));
    return apply();
  };
  const blobs = blobServiceClient(storage, gate);
  const container = (name: string) => blobs.getContainerClient(name);
  const containers: Containers = {
    input: container("documents"),
    results: container("results"),
    failed: container("failed"),
    redacted: container("redacted"),
    work: container("work"),
  };
  await Promise.all(Object.values(containers).map((one) => one.createIfNotExists()));
  const messages = (name: string) => new MessageQueue(queueServiceClient(storage, gate).getQueueClient(name));
  const queue = new WorkQueue({ express: messages("lbx-bench"), backlog: messages("lb-bench") }, DOCUMENTS_PER_JOB, {
    now: time.now,
    // The host's next events come after some turns, and no time passes until then.
    pause: async () => {
      for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => setImmediate(resolve));
    },
  });
  await queue.createIfMissing();
  const pipeline: Pipeline = {
    name: "bench",
    match: "**",
    apiVersion: "2023-04-01",
    tasks: Array.from({ length: options.tasks ?? 1 }, (_, n) => ({
      kind: "KeyPhraseExtraction" as const,
      name: `task${n}`,
      parameters: {},
    })),
    lanes: options.lanes ?? 32,
    maxWaitSeconds: 5,
  };
  const endpoints = Array.from({ length: options.resources ?? 1 }, (_, n) => `http://service${n}.test`);
  const { firstRefuses: refusal } = options;
  const services = new Map(
    endpoints.map((endpoint, n) => [
      endpoint,
      new LimitedService(time, { ...options, ...(n === 0 && refusal && { refusal }) }),
    ]),
  );
  const pacer = new Pacer(containers.work, { now: time.now, pause: time.sleep });
  const texts = new TextCache();
  const begun = time.now();
  const run: LanesRun = {
    jobs: 0,
    calls: 0,
    refused: 0,
    minutes: 0,
    transactions: 0,
    activities: 0,
    lanes: 0,
    ends: [],
    takenAt: [],
    lateWaits: [],
    storage,
  };
  const { late = [] } = options;
  const log = (entry: LogEvent): void => {
    if (entry.event === "job.submitted") run.jobs++;
    if (entry.event !== "document.succeeded") return;
    const minutes = (time.now() - begun) / 60_000;
    run.ends.push(minutes);
    const [, atMinutes] = /^late\/([\d.]+)\//.exec(entry.document) ?? [];
    if (atMinutes !== undefined) run.lateWaits.push(minutes - Number(atMinutes));
  };
  const context = (lane: number): LaneContext => ({
    address: { pipeline: pipeline.name, lane },
    pipeline,
    endpoints,
    pacer,
    containers,
    queue,
    claims: new DocumentClaims(containers.work, pipeline.name),
    texts,
    limits: LIMITS,
    client: (endpoint) => options.client ?? services.get(endpoint) ?? new LimitedService(time, options),
    log,
    now: time.now,
    newBatchId: () => randomBytes(9).toString("base64url"),
  });
  const running = new Map<string, LaneStatus>();
  const opener = new LaneOpener({ now: time.now, wait: time.sleep });
  const host = {
    runningStatus: async (id: string) => running.get(id),
    start: async (id: string, step: LaneStep) => {
      if (running.has(id)) return;
      running.set(id, step.status);
      run.lanes = Math.max(run.lanes, running.size);
      time.spawn(() => lane(id, step));
    },
  };
  const lane = async (id: string, first: LaneStep): Promise<void> => {
    let step = first;
    while (step.action !== "close") {
      if (step.afterSeconds > 0) await time.sleep(step.afterSeconds * 1_000 + TIMER_MARGIN_MS);
      run.activities++;
      step = await runSteps(context(step.lane), step, { host, opener });
      running.set(id, step.status);
    }
    running.delete(id);
  };
  const first = { pipeline: pipeline.name, lane: 0 };
  const drop = async (name: string): Promise<void> => {
    await containers.input.getBlockBlobClient(name).upload("I was charged twice.", 20);
    transactions--; // the upload is not the app's
    await acceptDocument({ pipelines: [pipeline], containers, queue: () => queue, log, now: time.now }, name, "event");
  };
  transactions = 0;
  const dropTogether = (folder: string, documents: number) =>
    pMap(
      Array.from({ length: documents }, (_, n) => `${folder}/${n}.txt`),
      drop,
      { concurrency: TOGETHER },
    );
  time.spawn(async () => {
    if (options.everySeconds === undefined) await dropTogether("in", options.documents);
    else {
      for (let n = 0; n < options.documents; n++) {
        await drop(`in/${n}.txt`);
        await opener.open(host, first);
        await time.sleep(options.everySeconds * 1_000);
      }
    }
    await host.start(laneInstanceId(first), firstStep(first));
  });
  for (const { atMinutes, documents } of late) {
    time.spawn(async () => {
      await time.sleep(atMinutes * 60_000);
      await dropTogether(`late/${atMinutes}`, documents);
      await opener.open(host, first);
    });
  }
  const all = late.reduce((sum, { documents }) => sum + documents, options.documents);
  await time.pass(() => run.ends.length === all);
  const asked = [...services.values()];
  return {
    ...run,
    calls: asked.reduce((sum, { total }) => sum + total, 0),
    refused: asked.reduce((sum, { calls }) => sum + calls.refused, 0),
    takenAt: asked.map(({ taken }) => taken.map((at) => (at - begun) / 60_000)),
    minutes: run.ends.at(-1) ?? 0,
    transactions,
  };
}
