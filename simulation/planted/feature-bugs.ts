import { bug, type PlantedBug } from "./planted-bug.ts";

/** Mistakes in what only some of the seeds have: pipelines that are stopped, several resources, and the like. */
export const FEATURE_BUGS: readonly PlantedBug[] = [
  bug(
    "jobs are sent while their pipeline is paused",
    "lib/lane/store/daily-usage.ts",
    'paused = before.pause?.mode === "pause" ? before.pause : undefined;',
    "paused = undefined;",
  ),
  bug(
    "documents are claimed while their pipeline is drained",
    "lib/lane/steps/claim.ts",
    "if (paused !== undefined) {",
    'if (paused?.mode === "pause") {',
  ),
  bug(
    "a job is asked for at another resource than the one that has it",
    "lib/lane/steps/collect.ts",
    "context.client(ticket.endpoint, ticket.apiVersion)",
    "context.client(context.endpoints[0] ?? ticket.endpoint, ticket.apiVersion)",
  ),
  bug(
    "resources that all refuse are asked in turn without a pause",
    "lib/lane/turn-taker.ts",
    "return !this.#refusing.has(this.endpoint);",
    "return true;",
  ),
];
