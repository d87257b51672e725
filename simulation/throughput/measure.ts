import type { LoadedApp } from "../engine/loaded-app.ts";
import { enterVirtualTime, leaveVirtualTime } from "../engine/virtual-time.ts";
import { textOf } from "../plan/documents.ts";
import type { Action, Plan } from "../plan/fault.ts";
import { Happenings } from "../world/happenings.ts";
import { Triggers } from "../world/triggers.ts";
import { World } from "../world/world.ts";

const MINUTE = 60_000;
const START = Date.UTC(2026, 2, 14);

/** A backlog, and the service that it meets. */
export interface Load {
  documents: number;
  /** Calls that the service takes in a minute, of each resource. */
  callsPerMinute: number;
  counting: "together" | "apart";
  jobSeconds: number;
  pipeline?: Record<string, unknown>;
  env?: Record<string, string>;
  /** Resources beside the first two of the simulation. */
  endpoints?: readonly string[];
  /** Single documents dropped beside the backlog, by name: when, milliseconds after it. */
  singles?: Readonly<Record<string, number>>;
  /** Rules of a resource that are in force for a while. */
  faults?: Plan["faults"];
  /** A process dies so often, with all that it has in mind; the other goes on, and a new one comes. */
  killEverySeconds?: number;
}

export interface Throughput {
  jobs: number;
  /** From the first accepted job to the last. */
  minutes: number;
  polls: number;
  refused: number;
  /** When calls were refused, seconds after the drop. */
  refusedAt: number[];
  /** Jobs accepted in each minute. */
  byMinute: number[];
  /** Jobs by resource. */
  byEndpoint: Record<string, number>;
  /** How long each single document took to its record, milliseconds. */
  singles: Record<string, number>;
  /** From the drop to the last record, milliseconds. */
  totalMs: number;
  records: number;
  lanes: number;
  activities: number;
}

/** Lets the app work off a backlog at its defaults, in virtual time and without a fault. */
export async function measure(load: Load, app: LoadedApp): Promise<Throughput> {
  const { documents, singles = {} } = load;
  const drop = (name: string, at: number): Action => ({ kind: "drop", name, text: textOf("ok", name, 1), at });
  const plan: Plan = {
    seed: 1,
    start: START,
    activeMs: 0,
    skewsMs: [0, 0],
    storageSkewMs: 0,
    env: load.env ?? {},
    pipelines: [
      {
        name: "tickets",
        match: "tickets/**",
        apiVersion: "2023-04-01",
        tasks: [{ kind: "KeyPhraseExtraction" }],
        ...load.pipeline,
      },
    ],
    jobSeconds: { from: load.jobSeconds, to: load.jobSeconds },
    rateLimits: [{ requests: load.callsPerMinute, seconds: 60 }],
    rateCounting: load.counting,
    endpoints: load.endpoints ?? [],
    actions: [
      ...Array.from({ length: documents }, (_, n) => drop(`tickets/backlog/${n}.txt`, 0)),
      ...Object.entries(singles).map(([name, at]) => drop(name, at)),
    ],
    faults: load.faults ?? [],
  };
  const world = new World(plan, app);
  const triggers = new Triggers(world);
  const happenings = new Happenings(world, triggers);
  enterVirtualTime(world.scheduler, plan.seed);
  world.enter();
  try {
    const { scheduler, language } = world;
    const recordedAt = new Map<string, number>();
    let activities = 0;
    let lanes = 0;
    happenings.start();
    const before = world.storage.onChange;
    world.storage.onChange = (container, name, blob) => {
      before?.(container, name, blob);
      if (container === "results" && blob !== undefined && !recordedAt.has(name)) recordedAt.set(name, scheduler.now);
    };
    world.boot();
    triggers.start();
    const expected = documents + Object.keys(singles).length;
    const run = world.runActivity.bind(world);
    world.runActivity = (name, input) => {
      activities++;
      lanes = Math.max(lanes, 1 + ((input as { lane?: number }).lane ?? 0));
      return run(name, input);
    };
    const { killEverySeconds = Number.POSITIVE_INFINITY } = load;
    const kill = (): void => {
      const process = world.anyProcess("kill");
      if (process !== undefined) world.kill(process, "by the clock");
      scheduler.after(killEverySeconds * 1_000, kill);
    };
    if (Number.isFinite(killEverySeconds)) scheduler.after(killEverySeconds * 1_000, kill);
    await scheduler.run(START + 24 * 60 * MINUTE, () => recordedAt.size >= expected);
    const { accepted, calls } = language.ledger;
    const [first, last] = [accepted[0]?.at ?? 0, accepted.at(-1)?.at ?? 0];
    const byMinute: number[] = [];
    const byEndpoint: Record<string, number> = {};
    for (const { at, endpoint } of accepted) {
      const minute = Math.floor((at - first) / MINUTE);
      byMinute[minute] = (byMinute[minute] ?? 0) + 1;
      byEndpoint[endpoint] = (byEndpoint[endpoint] ?? 0) + 1;
    }
    const count = (method: string, isCounted: (status: string) => boolean): number =>
      [...calls].filter(([key]) => key.startsWith(method) && isCounted(key)).reduce((sum, [, n]) => sum + n, 0);
    return {
      jobs: accepted.length,
      minutes: (last - first) / MINUTE,
      polls: count("GET", (key) => !key.endsWith("429")),
      refused: count("", (key) => key.endsWith("429")),
      refusedAt: language.ledger.refusals.map(({ at }) => Math.round((at - START) / 1_000)),
      byMinute,
      byEndpoint,
      singles: Object.fromEntries(
        Object.entries(singles).map(([name, at]) => [
          name,
          (recordedAt.get(`tickets/${name}.json`) ?? Number.NaN) - START - at,
        ]),
      ),
      totalMs: Math.max(...recordedAt.values()) - START,
      records: recordedAt.size,
      lanes,
      activities,
    };
  } finally {
    leaveVirtualTime();
  }
}
