import { isAlive } from "../durable/task-hub.ts";
import type { Run } from "../run/run-plan.ts";
import type { Evidence } from "./evidence.ts";
import type { Violation } from "./violation.ts";

const WORK = "language-batch-work";
/** An orchestration takes 40 steps, each a timer and an activity, before its history begins anew. */
const LONGEST_HISTORY = 85;
const LARGEST_PAYLOAD = 64 * 1024;

/** It comes to rest, and nothing is left. */
export function checkRest({ world, isQuiet }: Run, { busyLanes }: Evidence): Violation[] {
  const { storage, hub } = world;
  const running = [...hub.instances.values()]
    .filter(isAlive)
    .map(({ id, customStatus }) => `${id} ${JSON.stringify(customStatus)}`);
  const queued = world.waitingQueues();
  const violations: Violation[] = [];
  if (!isQuiet) {
    const waiting = queued.map(({ name, messages }) => `${name} has ${messages.length} messages`);
    const message = `After three hours: ${[...running, ...waiting, ...busyLanes].join("; ")}`;
    return [{ promise: "rest", message }];
  }
  const left = (message: string): void => void violations.push({ promise: "left", message });
  for (const { name } of storage.containers.get(WORK)?.list("batches/") ?? []) left(`${name} is left`);
  for (const { name, body } of storage.containers.get(WORK)?.list("claims/") ?? []) {
    const { lanes } = JSON.parse(body.toString("utf8")) as { lanes: object };
    if (Object.keys(lanes).length > 0) left(`${name} still has claims: ${JSON.stringify(lanes)}`);
  }
  for (const { name, messages } of queued) left(`${name} has ${messages.length} messages`);
  return violations;
}

/** Work and histories are bounded. */
export function checkBounds({ plan, world, happenings }: Run): Violation[] {
  const violations: Violation[] = [];
  const found = (message: string): void => void violations.push({ promise: "bounded", message });
  const { longestHistory, largestPayload, activities } = world.hub.measures;
  if (longestHistory > LONGEST_HISTORY) found(`A history grew to ${longestHistory} entries`);
  if (largestPayload > LARGEST_PAYLOAD) found(`A payload of ${largestPayload} bytes went through a history`);
  const minutes = world.since / 60_000;
  const documents = happenings.versions.length;
  if (activities > 400 + 40 * documents + 60 * minutes)
    found(`${activities} activities for ${documents} versions in ${minutes.toFixed(0)} minutes`);
  // An answer of a hundred pages is followed again with each poll, for as long as the service keeps it.
  const isEndless = plan.faults.some((fault) => fault.kind === "scenario" && fault.name === "endless pages");
  const calls = [...world.language.ledger.calls.values()].reduce((sum, count) => sum + count, 0);
  if (!isEndless && calls > 200 + 30 * documents + 40 * minutes)
    found(`${calls} calls of the service for ${documents} versions in ${minutes.toFixed(0)} minutes`);
  const operations = [...world.operations.values()].reduce((sum, count) => sum + count, 0);
  // Meanwhile others look again and again whether it has ended: a newer version of a file waits for it.
  if (operations > 1_000 + 300 * documents + (isEndless ? 800 : 400) * minutes)
    found(`${operations} storage operations for ${documents} versions in ${minutes.toFixed(0)} minutes`);
  return violations;
}

/** No document's text and no key is where an operator may look. */
export function checkPrivacy({ world }: Run): Violation[] {
  return world.leaks.slice(0, 3).map((text) => ({ promise: "private", message: `Told: ${text.slice(0, 300)}` }));
}

/** An error that nobody catches ends a process of the app, and with it all that it has in hand. */
export function checkCaught({ world }: Run): Violation[] {
  return [...new Set(world.uncaught)].map((error) => ({ promise: "caught", message: `Nobody caught ${error}` }));
}
