import { randomBytes } from "node:crypto";
import type { ContainerClient } from "@azure/storage-blob";
import { afterEach, beforeEach, expect } from "vitest";
import type { LogEvent } from "../../src/lib/common/log.ts";
import { createAuthoringClient } from "../../src/lib/language/authoring/authoring-client.ts";
import { enqueueDefinition } from "../../src/lib/project/enqueue-command.ts";
import type { ProjectContext } from "../../src/lib/project/project-session.ts";
import { runProjectStep } from "../../src/lib/project/run-step.ts";
import type { ProjectStatus } from "../../src/lib/project/status.ts";
import { firstProjectStep, type ProjectStep } from "../../src/lib/project/step.ts";
import { readText } from "../../src/lib/storage/blobs.ts";
import { AuthoringService } from "./authoring-service.ts";
import { type LaneStorage, laneStorage } from "./lane-storage.ts";

/** Steps beyond which a run is taken to go on for ever. */
const MOST_STEPS = 200;

/** What each test gets anew. */
interface Parts {
  service: AuthoringService;
  storage: LaneStorage;
  projects: ContainerClient;
  work: ContainerClient;
  training: ContainerClient;
}

/** A project on its own containers, in memory as those of lanes are, with a small authoring service, anew for each test of a file. */
export class ProjectFixture {
  readonly project: string;
  events: LogEvent[] = [];
  /** Added to the clock by waiting: nothing is waited for in fact. */
  skippedMs = 0;
  /** What the steps get in place of the usual. */
  changes: Partial<ProjectContext> = {};
  #parts: Parts | undefined;

  private constructor(project: string) {
    this.project = project;
  }

  /** Call it at the top of a test file. @param options.texts false: the training container stays empty */
  static forEachTest(project = "tickets", { texts = true }: { texts?: boolean } = {}): ProjectFixture {
    const fixture = new ProjectFixture(project);
    beforeEach(async () => {
      await fixture.#renew();
      if (texts) await fixture.uploadTexts();
    });
    afterEach(() => fixture.service.stop());
    return fixture;
  }

  async #renew(): Promise<void> {
    const name = `t${randomBytes(8).toString("hex")}`;
    const storage = laneStorage(this.now);
    const made = ["projects", "work", "training"].map((kind) => storage.blobs.getContainerClient(`${name}-${kind}`));
    await Promise.all(made.map((container) => container.createIfNotExists()));
    const [projects, work, training] = made as [ContainerClient, ContainerClient, ContainerClient];
    this.#parts = { service: await AuthoringService.start(), storage, projects, work, training };
    this.events = [];
    this.skippedMs = 0;
    this.changes = {};
  }

  get #now(): Parts {
    if (this.#parts === undefined) throw new Error("There is no project outside of a test");
    return this.#parts;
  }

  get service(): AuthoringService {
    return this.#now.service;
  }

  get projects(): ContainerClient {
    return this.#now.projects;
  }

  get work(): ContainerClient {
    return this.#now.work;
  }

  get training(): ContainerClient {
    return this.#now.training;
  }

  /** The same container for somebody with fewer rights, for example "rl". */
  withRights(container: ContainerClient, permissions: string): Promise<ContainerClient> {
    return this.#now.storage.withRights(container, permissions);
  }

  now = (): number => Date.now() + this.skippedMs;

  context(changes: Partial<ProjectContext> = {}): ProjectContext {
    return {
      project: this.project,
      containers: { projects: this.projects, work: this.work },
      trainingContainer: () => this.training,
      client: ({ apiVersion }) =>
        createAuthoringClient({
          endpoint: this.service.endpoint,
          apiVersion,
          credential: { key: "k" },
          timeoutSeconds: 60,
          retryDelaysMs: [],
        }),
      longestBlockedSeconds: 300,
      log: (event) => this.events.push(event),
      now: this.now,
      ...this.changes,
      ...changes,
    };
  }

  /** A definition in order, with labels in it. */
  definition(changes: Record<string, unknown> = {}): Record<string, unknown> {
    return {
      kind: "CustomSingleLabelClassification",
      language: "en",
      container: this.training.containerName,
      labels: {
        classes: [{ category: "a" }, { category: "b" }],
        documents: Array.from({ length: 12 }, (_, n) => ({
          location: `${n}.txt`,
          class: { category: n % 2 ? "a" : "b" },
        })),
      },
      deployment: { name: "production" },
      ...changes,
    };
  }

  async uploadTexts(names = Array.from({ length: 12 }, (_, n) => `${n}.txt`)): Promise<void> {
    await Promise.all(names.map((name) => this.upload(this.training, name, `text of ${name}`)));
  }

  /** Drops a project file, and tells of it. */
  async drop(definition: unknown): Promise<boolean> {
    const text = typeof definition === "string" ? definition : JSON.stringify(definition);
    await this.upload(this.projects, `${this.project}/project.json`, text);
    return await enqueueDefinition(this.context(), this.project);
  }

  async upload(container: ContainerClient, name: string, text: string): Promise<void> {
    await container.getBlockBlobClient(name).upload(text, Buffer.byteLength(text));
  }

  async step(step: ProjectStep): Promise<ProjectStep> {
    this.skippedMs += step.afterSeconds * 1000;
    return await runProjectStep(this.context(), step);
  }

  /** Runs steps as the orchestration does, until one holds or the work is over. */
  async run(
    holds: (step: ProjectStep) => boolean | Promise<boolean> = () => false,
    from = firstProjectStep(this.project),
  ): Promise<ProjectStep> {
    let step = from;
    for (let taken = 0; taken < MOST_STEPS; taken++) {
      step = await this.step(step);
      if (step.result !== undefined || (await holds(step))) return step;
    }
    throw new Error(`No end after ${MOST_STEPS} steps: ${JSON.stringify(step)}`);
  }

  /** Trains and deploys a first model, `m1`, that serves. */
  async serve(): Promise<void> {
    await this.drop(this.definition({ training: { modelLabel: "m1" } }));
    expect((await this.run()).result).toMatchObject({ state: "succeeded" });
    expect(this.service.served(this.project, "production")).toBe("m1");
  }

  /** Holds when the status beside the project file says so. */
  stateIs = (state: string) => async (): Promise<boolean> => (await this.status()).state === state;

  /** How often the service was asked to train. */
  trainings(): number {
    return this.service.count(`POST /${this.project}/:train`);
  }

  async status(): Promise<ProjectStatus> {
    const blob = await readText(this.projects, `${this.project}/status.json`);
    if (blob === undefined) throw new Error("There is no status yet");
    return JSON.parse(blob.text);
  }
}
