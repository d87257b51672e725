import type { Held } from "./state.ts";
import type { ProjectStatus } from "./status.ts";

/** The orchestration that works on a project; its instances are named by `authorInstanceId`. */
export const AUTHOR_ORCHESTRATION = "author";
/** The activity that does one step of it. */
export const AUTHOR_ACTIVITY = "authorStep";

/** What the orchestration does next, decided by the activity that just ran: the orchestrator only obeys. */
export interface AuthorStep {
  project: string;
  afterSeconds: number;
  /** What an operator sees of the orchestration. */
  status: object;
  memory: AuthorMemory;
  /** Set when there is nothing more to do: what the orchestration returns. */
  result?: AuthorResult;
}

/** What is remembered from step to step. Travels through Durable history: small. */
interface AuthorMemory {
  /** What kept the last step from writing its state. */
  held?: Held;
  /** Looks in a row that found nothing new. */
  looks?: number;
}

export type AuthorResult = Pick<ProjectStatus, "project" | "state" | "model" | "deployment" | "scores" | "error">;

/** How the orchestration starts. */
export function firstAuthorStep(project: string): AuthorStep {
  return { project, afterSeconds: 0, status: { project, state: "preparing" }, memory: {} };
}
