import { surroundings } from "../engine/current.ts";

// In place of durable-functions: keeps what is registered, and gives the client of the simulated task hub.

export type Orchestrator = (context: unknown) => Generator<unknown, unknown, unknown>;
export type Activity = (input: never, context: never) => Promise<unknown>;

export const orchestrators = new Map<string, Orchestrator>();
export const activities = new Map<string, Activity>();

export const app = {
  orchestration(name: string, orchestrator: Orchestrator): void {
    orchestrators.set(name, orchestrator);
  },
  activity(name: string, { handler }: { handler: Activity }): void {
    activities.set(name, handler);
  },
};

export const input = { durableClient: () => ({ type: "durableClient" }) };

export function getClient(): object {
  return surroundings().durableClient();
}

export const OrchestrationRuntimeStatus = {
  Running: "Running",
  Completed: "Completed",
  ContinuedAsNew: "ContinuedAsNew",
  Failed: "Failed",
  Canceled: "Canceled",
  Terminated: "Terminated",
  Pending: "Pending",
  Suspended: "Suspended",
} as const;

export class RetryOptions {
  readonly firstRetryIntervalInMilliseconds: number;
  readonly maxNumberOfAttempts: number;
  backoffCoefficient = 1;

  constructor(firstRetryIntervalInMilliseconds: number, maxNumberOfAttempts: number) {
    this.firstRetryIntervalInMilliseconds = firstRetryIntervalInMilliseconds;
    this.maxNumberOfAttempts = maxNumberOfAttempts;
  }
}
