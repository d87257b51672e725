import {
  createHttpHeaders,
  type HttpClient,
  type PipelineRequest,
  type PipelineResponse,
  RestError,
} from "@azure/core-rest-pipeline";
import { createLanguageEmulator, type LanguageEmulator, type ScenarioDefinition } from "language-emulator";
import { fraction } from "../engine/random.ts";
import type { Scheduler } from "../engine/scheduler.ts";
import { BAD } from "../plan/documents.ts";
import type { Plan } from "../plan/fault.ts";
import { blobServiceClient } from "../storage/blob-clients.ts";
import type { MemoryStorage } from "../storage/storage.ts";
import type { FaultBook } from "../world/fault-book.ts";
import type { SimProcess } from "../world/sim-process.ts";
import type { Ledger } from "./ledger.ts";

export const KEY = "simulation-language-key-0001";
const OTHER_KEY = "simulation-language-key-0002";

/** What the service never takes. */
const ALWAYS: ScenarioDefinition["rules"] = [
  { when: { operation: "submit" }, do: { action: "refuseDocument", containing: BAD } },
];

export interface LanguageParts {
  plan: Plan;
  endpoints: readonly string[];
  scheduler: Scheduler;
  faults: FaultBook;
  /** What the service may read and write itself. */
  storage: MemoryStorage;
  trace: (line: () => string) => void;
}

/** The Language resources of a run: the emulator's own code, in this process and this time. */
export class SimulatedLanguage {
  readonly ledger: Ledger = {
    accepted: [],
    calls: new Map(),
    detections: [],
    submissions: new Map(),
    strays: [],
    refusals: [],
  };
  readonly emulators: ReadonlyMap<string, LanguageEmulator>;
  readonly #parts: LanguageParts;
  readonly #inForce = new Map<string, ScenarioDefinition["rules"]>();
  readonly #troubles = new Set<{ host: string; rules: ScenarioDefinition["rules"] | undefined }>();
  /** Which resource has a job. */
  readonly #owners = new Map<string, string>();
  #calls = 0;

  constructor(parts: LanguageParts) {
    this.#parts = parts;
    const { plan, scheduler } = parts;
    const make = (): LanguageEmulator =>
      createLanguageEmulator({
        clock: { now: () => Math.floor(scheduler.now) },
        keys: [KEY],
        jobSeconds: plan.jobSeconds,
        seed: String(plan.seed),
        rateLimits: plan.rateLimits,
        rateCounting: plan.rateCounting ?? "together",
        documents: blobServiceClient(parts.storage, async (_, apply) => apply()),
      });
    this.emulators = new Map(parts.endpoints.map((endpoint) => [new URL(endpoint).host, make()]));
    this.#apply();
  }

  /** Lets rules be in force for a while, beside those that are. */
  addRules(name: string, rules: ScenarioDefinition["rules"]): () => void {
    const key = `${name} ${this.#inForce.size} ${this.#parts.scheduler.now}`;
    this.#inForce.set(key, rules);
    this.#apply();
    return () => {
      if (this.#inForce.delete(key)) this.#apply();
    };
  }

  /** Lets one resource be in trouble for a while. @param rules absent: it cannot be reached */
  trouble(endpoint: string, rules: ScenarioDefinition["rules"] | undefined): () => void {
    const trouble = { host: new URL(endpoint).host, rules };
    this.#troubles.add(trouble);
    this.#apply();
    return () => {
      if (this.#troubles.delete(trouble)) this.#apply();
    };
  }

  rotateKey(isOther: boolean): void {
    for (const emulator of this.emulators.values()) emulator.setKeys([isOther ? OTHER_KEY : KEY]);
  }

  /** Puts a text where the service reads what projects are trained with. */
  async putTraining(container: string, name: string, text: string): Promise<void> {
    for (const [host, emulator] of this.emulators) {
      await emulator.fetch(
        new Request(`https://${host}/_emulator/containers/${container}/${name}`, { method: "PUT", body: text }),
      );
    }
  }

  /** How often the service took a training of a project. */
  trainings(project: string): number {
    return [...this.emulators.values()].reduce((sum, each) => sum + (each.stats().trainings[project] ?? 0), 0);
  }

  /** The way of a process to the service. */
  httpClient(process: SimProcess): HttpClient {
    return { sendRequest: (request) => this.#send(process, request) };
  }

  #apply(): void {
    const rules = [ALWAYS, ...this.#inForce.values()].flat();
    for (const [host, emulator] of this.emulators) {
      const own = [...this.#troubles].flatMap((trouble) => (trouble.host === host ? (trouble.rules ?? []) : []));
      emulator.setScenario({ rules: [...rules, ...own] });
    }
  }

  #send(process: SimProcess, request: PipelineRequest): Promise<PipelineResponse> {
    const { scheduler, faults, plan, trace } = this.#parts;
    const operation = request.method === "POST" ? "submit" : "status";
    return new Promise((resolve, reject) => {
      if (process.dead) return;
      const since = scheduler.now - plan.start;
      const way = (): number => 10 + 80 * fraction(plan.seed, `call ${process.name} ${++this.#calls}`);
      const broken = (code: string): void => {
        trace(() => `${process.name} ${operation}: ${code}`);
        scheduler.after(way(), () => reject(new RestError(code, { code, request })), process);
      };
      const isIt = (fault: { operation: string }): boolean => fault.operation === operation;
      const { host, origin } = new URL(request.url);
      const { submissions } = this.ledger;
      if (operation === "submit") submissions.set(origin, (submissions.get(origin) ?? 0) + 1);
      const isUnreachable = [...this.#troubles].some((trouble) => trouble.host === host && trouble.rules === undefined);
      if (!this.emulators.has(host) || isUnreachable) return broken("ENOTFOUND");
      if (faults.take("callRefused", since)) return broken("ECONNREFUSED");
      if (faults.take("callLost", since, isIt)) return broken("ECONNRESET");
      const isLost = faults.take("answerLost", since, isIt) !== undefined;
      const slow = faults.take("slowCall", since, isIt)?.seconds ?? 0;
      // Underway it is nobody's: it arrives even where its process has died.
      scheduler.after(way(), async () => {
        const answer = await this.#answer(process, request);
        if (answer === undefined || isLost) return broken("ECONNRESET");
        scheduler.after(
          way() + slow * 1000,
          () => {
            for (const entry of [answer.accepted, answer.detection]) {
              if (entry !== undefined) entry.deliveredAt = scheduler.now;
            }
            trace(
              () => `${process.name} ${operation} ${new URL(request.url).pathname.split("/").at(-1)}: ${answer.status}`,
            );
            const { status, headers, body } = answer;
            resolve({ status, headers: createHttpHeaders(headers), request, bodyAsText: body });
          },
          process,
        );
      });
    });
  }

  async #answer(process: SimProcess, request: PipelineRequest) {
    const url = new URL(request.url);
    const emulator = this.emulators.get(url.host);
    if (emulator === undefined) return undefined;
    this.#lookForStray(url);
    const before = lastOf(emulator.jobs())?.id;
    const { method, body, headers } = request;
    const asked = new Request(url, {
      method,
      headers: headers.toJSON(),
      ...(typeof body === "string" ? { body } : {}),
    });
    const response = await emulator.fetch(asked);
    const accepted = lastOf(emulator.jobs())?.id !== before ? this.#accept(process, emulator, request) : undefined;
    const key = `${method} ${response?.status ?? "dropped"}`;
    const { calls, refusals } = this.ledger;
    calls.set(key, (calls.get(key) ?? 0) + 1);
    if (response === undefined) return undefined;
    const { status } = response;
    if (status === 429 || status === 401 || status === 403) refusals.push({ at: this.#parts.scheduler.now, status });
    if (accepted !== undefined) {
      accepted.distorted = !response.headers.get("operation-location")?.includes(accepted.jobId);
    }
    const detection = url.pathname.endsWith(":analyze-text") ? this.#detect(process, request, status) : undefined;
    return { status, headers: Object.fromEntries(response.headers), body: await response.text(), accepted, detection };
  }

  #detect(process: SimProcess, { body }: PipelineRequest, status: number) {
    const texts = documentsOf(body).map((document) => textOf(document, this.#parts.storage));
    const answered = status === 200;
    const detection: Ledger["detections"][number] = { texts, answered, process: process.name, deliveredAt: undefined };
    this.ledger.detections.push(detection);
    return detection;
  }

  #lookForStray({ origin, pathname }: URL): void {
    const jobId = pathname.split("/").at(-1) ?? "";
    const owner = this.#owners.get(jobId);
    if (owner !== undefined && owner !== origin) this.ledger.strays.push({ jobId, endpoint: origin, owner });
  }

  #accept(process: SimProcess, emulator: LanguageEmulator, { url, body }: PipelineRequest) {
    const job = lastOf(emulator.jobs());
    if (job === undefined) return undefined;
    const documents = documentsOf(body);
    const accepted = {
      at: this.#parts.scheduler.now,
      endpoint: new URL(url).origin,
      jobId: job.id,
      displayName: job.displayName ?? "",
      texts: documents.map((document) => ({ id: document.id, text: textOf(document, this.#parts.storage) })),
      outcomes: job.tasks.flatMap(({ name, kind, documents: answered, failure }) =>
        answered.map(({ id, content, error }) => {
          const why =
            job.failure?.code ?? failure?.code ?? error?.code ?? (job.lostAt !== undefined ? "lost" : undefined);
          return { task: name ?? kind, textId: id, answered: content !== undefined && why === undefined, why };
        }),
      ),
      process: process.name,
      deliveredAt: undefined as number | undefined,
      distorted: false,
    };
    this.ledger.accepted.push(accepted);
    this.#owners.set(accepted.jobId, accepted.endpoint);
    return accepted;
  }
}

interface AskedDocument {
  id: string;
  text?: string;
  source?: { location: string };
}

function documentsOf(body: PipelineRequest["body"]): AskedDocument[] {
  return (JSON.parse(String(body)) as { analysisInput: { documents: AskedDocument[] } }).analysisInput.documents;
}

/** The text of a document, wherever it is. */
function textOf({ text, source }: AskedDocument, { containers }: MemoryStorage): string {
  if (text !== undefined || source === undefined) return text ?? "";
  const [container = "", ...path] = new URL(source.location).pathname.slice(1).split("/").map(decodeURIComponent);
  return containers.get(container)?.blobs.get(path.join("/"))?.body.toString("utf8") ?? "";
}

function lastOf<T>(items: Iterable<T>): T | undefined {
  let last: T | undefined;
  for (const item of items) last = item;
  return last;
}
