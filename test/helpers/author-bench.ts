import { randomBytes } from "node:crypto";
import { BlobServiceClient, ContainerClient, ContainerSASPermissions } from "@azure/storage-blob";
import { expect, inject } from "vitest";
import type { LogEvent } from "../../src/lib/common/log.ts";
import { createAuthoringClient } from "../../src/lib/language/authoring/authoring-client.ts";
import { askForDefinition } from "../../src/lib/project/enqueue-command.ts";
import type { AuthorContext } from "../../src/lib/project/project-context.ts";
import { runAuthorStep } from "../../src/lib/project/run-step.ts";
import type { ProjectStatus } from "../../src/lib/project/status.ts";
import { type AuthorStep, firstAuthorStep } from "../../src/lib/project/step.ts";
import { readText } from "../../src/lib/storage/blobs.ts";
import { AuthoringService } from "./authoring-service.ts";

/** Steps beyond which a run is taken to go on for ever. */
const MOST_STEPS = 200;

/** A project on its own containers of the run's storage emulator, with a small authoring service. */
export class AuthorBench {
  readonly service: AuthoringService;
  readonly events: LogEvent[] = [];
  readonly projects: ContainerClient;
  readonly work: ContainerClient;
  readonly training: ContainerClient;
  readonly project: string;
  /** Added to the clock by waiting: nothing is waited for in fact. */
  skippedMs = 0;
  /** What the steps get in place of the usual. */
  changes: Partial<AuthorContext> = {};

  private constructor(service: AuthoringService, project: string) {
    this.service = service;
    this.project = project;
    const name = `t${randomBytes(8).toString("hex")}`;
    const blobs = BlobServiceClient.fromConnectionString(inject("storage"));
    this.projects = blobs.getContainerClient(`${name}-projects`);
    this.work = blobs.getContainerClient(`${name}-work`);
    this.training = blobs.getContainerClient(`${name}-training`);
  }

  static async create(project = "tickets"): Promise<AuthorBench> {
    const bench = new AuthorBench(await AuthoringService.start(), project);
    await Promise.all([bench.projects, bench.work, bench.training].map((container) => container.create()));
    return bench;
  }

  now = (): number => Date.now() + this.skippedMs;

  context(changes: Partial<AuthorContext> = {}): AuthorContext {
    return {
      project: this.project,
      containers: { projects: this.projects, work: this.work },
      trainingContainer: () => this.training,
      client: ({ apiVersion }) =>
        createAuthoringClient({
          endpoint: this.service.endpoint,
          apiVersion,
          credential: { key: "k" },
          timeoutSeconds: 5,
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
    return await askForDefinition(this.context(), this.project);
  }

  async upload(container: ContainerClient, name: string, text: string): Promise<void> {
    await container.getBlockBlobClient(name).upload(text, Buffer.byteLength(text));
  }

  async step(step: AuthorStep): Promise<AuthorStep> {
    this.skippedMs += step.afterSeconds * 1000;
    return await runAuthorStep(this.context(), step);
  }

  /** Runs steps as the orchestration does, until one holds or the work is over. */
  async run(
    holds: (step: AuthorStep) => boolean | Promise<boolean> = () => false,
    from = firstAuthorStep(this.project),
  ): Promise<AuthorStep> {
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

  async status(): Promise<ProjectStatus> {
    const blob = await readText(this.projects, `${this.project}/status.json`);
    if (blob === undefined) throw new Error("There is no status yet");
    return JSON.parse(blob.text);
  }
}

/** The same container for somebody with fewer rights, for example "rl". */
export async function withRights(container: ContainerClient, permissions: string): Promise<ContainerClient> {
  const expiresOn = new Date(Date.now() + 3_600_000);
  const url = await container.generateSasUrl({ permissions: ContainerSASPermissions.parse(permissions), expiresOn });
  return new ContainerClient(url);
}
