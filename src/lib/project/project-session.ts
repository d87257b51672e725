import type { ContainerClient } from "@azure/storage-blob";
import type { EventLog } from "../common/log.ts";
import { toCulture } from "../labels/languages.ts";
import type { AuthoringClient, NewProject } from "../language/authoring/authoring.ts";
import type { Versioned } from "../storage/versioned-json.ts";
import { completeDefinition, type Definition } from "./definition/definition.ts";
import { type ProjectState, projectState, type Run } from "./state.ts";

/** What comes after a piece of work on a phase. */
export type PhaseOutcome =
  | { kind: "next"; phase: Run["phase"] }
  /** Look again; without seconds after a pause that grows. */
  | { kind: "wait"; seconds?: number | undefined }
  | { kind: "end"; outcome: NonNullable<Run["outcome"]>; error?: Run["error"] };

/** The state of a project while one step works on it: each change is written down before the next thing is done. */
export class ProjectSession {
  readonly context: ProjectContext;
  #stored: Versioned<ProjectState>;

  private constructor(context: ProjectContext, stored: Versioned<ProjectState>) {
    this.context = context;
    this.#stored = stored;
  }

  static async open(context: ProjectContext): Promise<ProjectSession> {
    return new ProjectSession(context, await projectState(context.containers.work, context.project).read());
  }

  get project(): string {
    return this.context.project;
  }

  get state(): ProjectState {
    return this.#stored.value;
  }

  /** The current piece of work. */
  get run(): Run {
    const { run } = this.state;
    if (run === undefined) throw new Error(`Nothing was asked of project ${this.project}`);
    return run;
  }

  get definition(): Definition {
    const { definition } = this.run;
    if (definition === undefined) throw new Error(`The project file of ${this.project} was not read yet`);
    return completeDefinition(definition);
  }

  get client(): AuthoringClient {
    return this.context.client(this.definition);
  }

  /** The project as the service is told of it. */
  get newProject(): NewProject {
    const { kind, container, language, multilingual, description, settings, wire } = this.definition;
    const code = wire === "preview" ? toCulture(language) : language;
    return { name: this.project, kind, container, language: code, multilingual, description, settings };
  }

  /** ISO 8601. */
  now(): string {
    return new Date(this.context.now()).toISOString();
  }

  /** @throws StaleWriteError when another run of the step wrote since */
  async save(): Promise<void> {
    this.#stored = await projectState(this.context.containers.work, this.project).write(this.#stored, this.state);
  }
}

/** All that work on a project needs. */
export interface ProjectContext {
  project: string;
  containers: {
    /** Where project files are dropped and statuses written. */
    projects: ContainerClient;
    work: ContainerClient;
  };
  /** The container with a project's training texts. */
  trainingContainer(definition: Pick<Definition, "container" | "storageAccount">): ContainerClient;
  client(definition: Pick<Definition, "endpoint" | "apiVersion">): AuthoringClient;
  /** What is wrong lasts; the pause between two tries grows up to this. */
  longestBlockedSeconds: number;
  log: EventLog;
  /** Milliseconds since 1970. */
  now(): number;
}
