import { createHash } from "node:crypto";
import { isAlive } from "../durable/task-hub.ts";
import type { LoadedApp } from "../engine/loaded-app.ts";
import { catchUncaught } from "../engine/uncaught.ts";
import { enterVirtualTime, leaveVirtualTime } from "../engine/virtual-time.ts";
import type { Plan } from "../plan/fault.ts";
import { Happenings } from "../world/happenings.ts";
import { Triggers } from "../world/triggers.ts";
import { World } from "../world/world.ts";

const MINUTE = 60_000;
/** Nothing may need longer to come to an end once all is well. */
const LONGEST_MS = 3 * 60 * MINUTE;
/** Nothing happened for so long: it is over. The sweeps in it find what was lost. */
const QUIET_MS = 5 * MINUTE;
/** Several times what any run takes: what needs more does not come to an end. */
const MOST_EVENTS = 60_000;
const WORK = "language-batch-work";

/** A run that has come to its end, for whoever judges it. */
export interface Run {
  plan: Plan;
  world: World;
  happenings: Happenings;
  triggers: Triggers;
  /** It came to rest before `LONGEST_MS`. */
  isQuiet: boolean;
  /** When it came to rest. */
  quietAt: number;
  /** The same for the same plan. */
  digest: string;
}

/** Runs a plan to its end. Never throws: what the simulation itself cannot cope with is told as an error that nobody caught. */
export async function runPlan(
  plan: Plan,
  app: LoadedApp,
  { verbose = false }: { verbose?: boolean } = {},
): Promise<Run> {
  const world = new World(plan, app, { verbose });
  const triggers = new Triggers(world);
  const happenings = new Happenings(world, triggers);
  enterVirtualTime(world.scheduler, plan.seed);
  const noteUncaught = (error: unknown): void => world.noteUncaught(error);
  world.scheduler.onError = noteUncaught;
  catchUncaught(noteUncaught);
  world.enter();
  let quietAt = plan.start;
  let quiet = false;
  try {
    await happenings.start();
    world.boot();
    triggers.start();
    const { scheduler } = world;
    await scheduler.run(plan.start + plan.activeMs, () => false);
    happenings.heal();
    await happenings.stops.settle(() => happenings.releaseUnusable());
    const end = scheduler.now + LONGEST_MS;
    let busyAt = scheduler.now;
    let releasedAt = scheduler.now;
    const look = (): void => {
      if (isBusy(world, triggers)) busyAt = scheduler.now;
      if (scheduler.now - releasedAt > 5 * MINUTE) {
        happenings.releaseUnusable();
        releasedAt = scheduler.now;
      }
      scheduler.after(5_000, look);
    };
    look();
    const isQuiet = (): boolean => scheduler.now - busyAt > QUIET_MS;
    await scheduler.run(end, () => isQuiet() || scheduler.events > MOST_EVENTS);
    quietAt = busyAt;
    quiet = isQuiet();
    if (quiet && hasTexts(world)) {
      // Only the hourly part of the sweep is waited for.
      triggers.onlyMinute = 30;
      await scheduler.run(scheduler.now + 190 * MINUTE, () => false);
    }
    happenings.askAtEnd();
    const until = scheduler.now + MINUTE;
    await scheduler.run(until, () => triggers.pending === 0);
  } catch (error) {
    world.noteUncaught(error);
  } finally {
    catchUncaught(undefined);
    leaveVirtualTime();
  }
  return { plan, world, happenings, triggers, isQuiet: quiet, quietAt, digest: digestOf(world) };
}

function digestOf({ timeline, logs, scheduler }: World): string {
  const hash = createHash("sha256").update(timeline.join("\n")).update(JSON.stringify(logs));
  return hash.update(String(scheduler.events)).digest("hex").slice(0, 12);
}

function hasTexts({ storage }: World): boolean {
  return (storage.containers.get(WORK)?.list("batches/").length ?? 0) > 0;
}

/** Something waits, or is being done. */
function isBusy(world: World, { pending }: Triggers): boolean {
  const { hub, storage, processes } = world;
  if (pending > 0 || processes.some(({ dead }) => dead)) return true;
  if (world.waitingQueues().length > 0) return true;
  if ([...hub.instances.values()].some(isAlive)) return true;
  const lanes = storage.containers.get(WORK)?.list("lanes/") ?? [];
  return lanes.some(({ body }) => (JSON.parse(body.toString("utf8")) as { batch?: unknown }).batch !== undefined);
}
