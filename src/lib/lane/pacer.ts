import type { ContainerClient } from "@azure/storage-blob";
import pLimit from "p-limit";
import { backoffSeconds, type HoldReason } from "../common/hold.ts";
import type { Pipeline } from "../settings/pipeline.ts";
import { StaleWriteError, type Versioned } from "../storage/versioned-json.ts";
import type { Turn } from "./lane.ts";
import type { Flow } from "./policy/claim-policy.ts";
import {
  callsOfMinute,
  countCall,
  firstPace,
  type Operation,
  type Pace,
  reserve,
  showsApart,
  slowDown,
} from "./policy/pace.ts";
import { type PaceFile, paceFile, slotsOf, withPaces } from "./store/pace-file.ts";

/** Calls of one pipeline: they go to any of its resources, and count for each kind of its tasks. */
export interface Caller {
  pipeline: string;
  endpoints: readonly string[];
  features: readonly string[];
}

/** What a lane's calls count for. */
export function callerOf({ pipeline, endpoints }: { pipeline: Pipeline; endpoints: readonly string[] }): Caller {
  return { pipeline: pipeline.name, endpoints, features: [...new Set(pipeline.tasks.map(({ kind }) => kind))] };
}

export interface PacerOptions {
  /** Milliseconds since 1970. */
  now(): number;
  pause(milliseconds: number): Promise<unknown>;
}

/** What was read of a resource is good for so long, where another process may have written since. */
const FRESH_MS = 3_000;
/** A longer pause is for a timer of the orchestration, which costs nothing while it runs. */
const LONGEST_PAUSE_MS = 2_500;
/** A turn that a lane comes so late for is lost. */
const KEPT_MS = 60_000;
/** A resource that refuses new jobs is tried again after this, seconds; the pause doubles up to the second. */
const TROUBLE = { firstSeconds: 15, longestSeconds: 300 };

/**
 * The pace at which all lanes, in all processes, ask each Language resource: kept in one blob per resource, changed only
 * under its ETag. It holds no counter of what is under way, only times, so nothing is left behind by a process that dies.
 */
export class Pacer {
  readonly #work: ContainerClient;
  readonly #options: PacerOptions;
  readonly #known = new Map<string, { file: Versioned<PaceFile>; readAt: number }>();
  /** Learned since the file was last written. */
  readonly #learned = new Map<string, Record<string, number>>();
  readonly #made = new Map<string, { features: readonly string[]; operation: Operation; at: number }[]>();
  readonly #oneAtATime = pLimit(1);

  constructor(work: ContainerClient, options: PacerOptions) {
    this.#work = work;
    this.#options = options;
  }

  /**
   * A turn for so many calls: one that was kept, if it still stands, or one reserved now in its place, at the resource that
   * has room first.
   * @throws UnreadableBlobError
   */
  async turn(caller: Caller, wanted: { operation: Operation; calls: number }, kept?: Turn): Promise<Turn> {
    if (kept?.operation === wanted.operation && (await this.#stands(caller, kept))) return kept;
    return this.#oneAtATime(() => this.#reserve(caller, wanted));
  }

  /**
   * Waits in place for the next call of a turn, if that does not take long.
   * @returns the turn with one call fewer; undefined when it is too far off, or when the service refused others meanwhile
   */
  async next(caller: Caller, turn: Turn): Promise<Turn | undefined> {
    if (!this.isSoon(turn)) return undefined;
    const { now, pause } = this.#options;
    if (turn.at > now()) await pause(turn.at - now());
    if (this.#isRefused(caller, turn)) return undefined;
    return { ...turn, at: turn.at + turn.everyMs, calls: turn.calls - 1 };
  }

  /** Whether a turn is worth waiting for in place. */
  isSoon({ at }: Turn): boolean {
    return at - this.#options.now() <= LONGEST_PAUSE_MS;
  }

  /** How long a call that is not yet reserved would wait, seconds: 0 when the service is not what holds it up. */
  async waitSeconds({ endpoints, features, pipeline }: Caller, operation: Operation = "submit"): Promise<number> {
    const now = this.#options.now();
    const files = await Promise.all(endpoints.map((endpoint) => this.#read(endpoint)));
    const waits = files.map(
      (file) => Math.max(slotsOf(file, { features, operation }, now).at, file.troubles[pipeline]?.until ?? 0) - now,
    );
    return Math.max(0, Math.min(...waits)) / 1_000;
  }

  /** What the resources that take jobs of the pipeline take of them. */
  async flows(caller: Caller): Promise<Flow[]> {
    const { endpoints, features, pipeline } = caller;
    const now = this.#options.now();
    const files = await Promise.all(
      endpoints.map(async (endpoint) => ({ endpoint, file: await this.#read(endpoint) })),
    );
    return files
      .filter(({ file }) => (file.troubles[pipeline]?.until ?? 0) <= now)
      .map(({ endpoint, file }) => ({
        jobsPerMinute: Math.min(...features.map((one) => (file.features[one] ?? firstPace(now)).jobsPerMinute)),
        jobSeconds: this.jobSeconds(caller, endpoint),
      }));
  }

  /** The service took a call; it is written down with the next change of the file. */
  async accepted({ features }: Caller, { endpoint, operation }: Turn): Promise<void> {
    const now = this.#options.now();
    this.#made.set(endpoint, [...(this.#made.get(endpoint) ?? []), { features, operation, at: now }]);
    const { features: paces = {} } = this.#known.get(endpoint)?.file.value ?? {};
    const isNews = (pace: Pace | undefined): pace is Pace => pace !== undefined && showsApart(pace, operation, now);
    if (!features.some((feature) => isNews(paces[feature]))) return;
    await this.#change(endpoint, (file) => withPaces(file, features, now, (pace) => ({ ...pace, together: false })));
  }

  /** The service refused a call because of too many. */
  async slowDown({ features }: Caller, { endpoint, operation }: Turn, retryAfterSeconds?: number): Promise<void> {
    const now = this.#options.now();
    await this.#change(endpoint, (file) => {
      const calls = (feature: string) => callsOfMinute(file.features[feature] ?? firstPace(now), now)[operation];
      // Limits are alike, so the feature that was asked most is the one at its limit.
      const most = Math.max(...features.map(calls));
      const limited = features.filter((feature) => calls(feature) === most);
      return withPaces(file, limited, now, (pace) => slowDown(pace, { operation, retryAfterSeconds }, now));
    });
  }

  /** A resource takes no new jobs of the pipeline; its other resources get them for a while. */
  async avoid({ pipeline }: Caller, endpoint: string, reason: HoldReason): Promise<void> {
    const now = this.#options.now();
    await this.#change(endpoint, (file) => {
      const { since = new Date(now).toISOString(), times = 0 } = file.troubles[pipeline] ?? {};
      const pause = backoffSeconds(times + 1, TROUBLE.firstSeconds, TROUBLE.longestSeconds);
      const trouble = { since, times: times + 1, until: now + pause * 1_000, reason };
      return { ...file, troubles: { ...file.troubles, [pipeline]: trouble } };
    });
  }

  /** A resource took a job of the pipeline. */
  async welcome({ pipeline }: Caller, endpoint: string): Promise<void> {
    if (this.#known.get(endpoint)?.file.value.troubles[pipeline] === undefined) return;
    await this.#change(endpoint, ({ troubles: { [pipeline]: _over, ...troubles }, ...file }) => ({
      ...file,
      troubles,
    }));
  }

  /** How long the pipeline's jobs take at a resource, seconds, as all lanes have seen it. */
  jobSeconds({ pipeline }: Caller, endpoint: string): number | undefined {
    return this.#learned.get(endpoint)?.[pipeline] ?? this.#known.get(endpoint)?.file.value.jobSeconds[pipeline];
  }

  /** Tells other lanes how long jobs take; it is written with the next change of the file. */
  learn({ pipeline }: Caller, endpoint: string, seconds: number): void {
    this.#learned.set(endpoint, { ...this.#learned.get(endpoint), [pipeline]: seconds });
  }

  async #reserve(caller: Caller, { operation, calls }: { operation: Operation; calls: number }): Promise<Turn> {
    const { features, pipeline } = caller;
    for (;;) {
      const now = this.#options.now();
      const endpoint = await this.#choose(caller, operation);
      const before = await this.#last(endpoint);
      const seen = this.#counted(endpoint, before.value);
      const slots = slotsOf(seen, { features, operation }, now);
      const trouble = seen.troubles[pipeline];
      // One lane tries whether a resource has recovered; the others learn of it.
      const tried = trouble && operation === "submit" && { ...trouble, until: now + TROUBLE.firstSeconds * 1_000 };
      const file = {
        ...withPaces(seen, features, now, (pace) => reserve(pace, { operation, calls, at: slots.at }, now)),
        troubles: { ...seen.troubles, ...(tried && { [pipeline]: tried }) },
      };
      if (await this.#write(endpoint, before, file)) {
        return { operation, endpoint, ...slots, calls, ...(tried && { trial: true }) };
      }
    }
  }

  /** The resource that has room first; of several, the one that was asked least. */
  async #choose(caller: Caller, operation: Operation): Promise<string> {
    const [only, ...others] = caller.endpoints;
    if (only === undefined) throw new Error(`Pipeline "${caller.pipeline}" has no Language resource`);
    if (others.length === 0) return only;
    const now = this.#options.now();
    const choices = await Promise.all(
      caller.endpoints.map(async (endpoint) => {
        const file = await this.#read(endpoint);
        const { at } = slotsOf(file, { features: caller.features, operation }, now);
        const wait = Math.max(at, file.troubles[caller.pipeline]?.until ?? 0, now) - now;
        const asked = caller.features.map(
          (feature) => callsOfMinute(file.features[feature] ?? firstPace(now), now).submit,
        );
        return { endpoint, wait, asked: Math.max(...asked) };
      }),
    );
    const [best = { endpoint: only }] = choices.toSorted((a, b) => a.wait - b.wait || a.asked - b.asked);
    return best.endpoint;
  }

  async #stands(caller: Caller, turn: Turn): Promise<boolean> {
    const now = this.#options.now();
    if (turn.calls === 0 || turn.at < now - KEPT_MS || !caller.endpoints.includes(turn.endpoint)) return false;
    await this.#read(turn.endpoint);
    return !this.#isRefused(caller, turn);
  }

  #isRefused({ features, pipeline, endpoints }: Caller, { endpoint, operation, trial }: Turn): boolean {
    const now = this.#options.now();
    const file = this.#known.get(endpoint)?.file.value;
    if (file === undefined) return false;
    const refused = features.map((feature) => file.features[feature]?.refusedUntil[operation] ?? 0);
    const isElsewhere = operation === "submit" && endpoints.length > 1 && !trial;
    const avoided = isElsewhere ? (file.troubles[pipeline]?.until ?? 0) : 0;
    return Math.max(...refused, avoided) > now;
  }

  /** The file as it is now, or was a moment ago. */
  async #read(endpoint: string): Promise<PaceFile> {
    const known = this.#known.get(endpoint);
    const now = this.#options.now();
    if (known !== undefined && now - known.readAt < FRESH_MS) return known.file.value;
    return (await this.#readAnew(endpoint)).value;
  }

  async #readAnew(endpoint: string): Promise<Versioned<PaceFile>> {
    const file = await paceFile(this.#work, endpoint).read();
    this.#known.set(endpoint, { file, readAt: this.#options.now() });
    return file;
  }

  /** The file as this process last saw it: whether that is the truth, writing it tells. */
  async #last(endpoint: string): Promise<Versioned<PaceFile>> {
    return this.#known.get(endpoint)?.file ?? (await this.#readAnew(endpoint));
  }

  async #change(endpoint: string, edit: (file: PaceFile) => PaceFile): Promise<void> {
    await this.#oneAtATime(async () => {
      for (;;) {
        const before = await this.#last(endpoint);
        const seen = this.#counted(endpoint, before.value);
        if (await this.#write(endpoint, before, edit(seen))) return;
      }
    });
  }

  /** A file with the calls of this process that it does not count yet. */
  #counted(endpoint: string, file: PaceFile): PaceFile {
    return (this.#made.get(endpoint) ?? []).reduce(
      (counted, { features, operation, at }) =>
        withPaces(counted, features, at, (pace) => countCall(pace, operation, at)),
      file,
    );
  }

  /** False when another process wrote first; then the file is known as that one left it. */
  async #write(endpoint: string, before: Versioned<PaceFile>, value: PaceFile): Promise<boolean> {
    const learned = this.#learned.get(endpoint) ?? {};
    const made = this.#made.get(endpoint)?.length ?? 0;
    const complete = { ...value, jobSeconds: { ...value.jobSeconds, ...learned } };
    try {
      const file = await paceFile(this.#work, endpoint).write(before, complete);
      this.#learned.delete(endpoint);
      this.#made.get(endpoint)?.splice(0, made);
      this.#known.set(endpoint, { file, readAt: this.#options.now() });
      return true;
    } catch (error) {
      if (!(error instanceof StaleWriteError)) throw error;
      await this.#readAnew(endpoint);
      return false;
    }
  }
}
