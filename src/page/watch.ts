import type {
  FailuresAnswer,
  HealthAnswer,
  ModelsAnswer,
  Pipeline,
  PipelinesAnswer,
  Requeue,
  RequeuesAnswer,
} from "./answers.ts";
import { type Api, ApiError, address } from "./api.ts";
import type { Findings } from "./banners.ts";

/** All that the page knows at a moment. */
export interface Snapshot extends Findings {
  /** By the clock of the app; undefined until it has answered once. */
  at?: string | undefined;
  /** `asked`: a key is wanted; `refused`: the one that was given is wrong. */
  key?: "asked" | "refused" | undefined;
  busy: boolean;
  /** What could not be asked although the app answers: what, and why. */
  unanswered: readonly string[];
}

const EVERY_MS = 10_000;
const SLOWLY_EVERY_MS = 60_000;

/** More pipelines than ten pages hold nobody watches on one page. */
const MOST_PAGES = 10;

/**
 * Keeps the page up to date: asks what changes every ten seconds while the tab is seen, and the rest when there is reason
 * to. What was known stays on the page while the app cannot be reached.
 */
export class Watch {
  readonly #api: Api;
  readonly #tell: (snapshot: Snapshot) => void;
  #snapshot: Snapshot = { now: Date.now(), pipelines: [], busy: true, unanswered: [] };
  #timer: ReturnType<typeof setTimeout> | undefined;
  #slowlyAt = 0;
  /** The number of failures at which they were last asked for. */
  #failedThen = -1;
  #asking: Promise<void> | undefined;

  constructor(api: Api, tell: (snapshot: Snapshot) => void) {
    this.#api = api;
    this.#tell = tell;
  }

  start(): void {
    document.addEventListener("visibilitychange", this.#onVisible);
    void this.refresh();
  }

  stop(): void {
    document.removeEventListener("visibilitychange", this.#onVisible);
    clearTimeout(this.#timer);
  }

  /** @param all also what would not be due yet */
  async refresh(all = false): Promise<void> {
    if (all) {
      this.#slowlyAt = 0;
      this.#failedThen = -1;
    }
    clearTimeout(this.#timer);
    // What is under way may have been asked before whatever is the reason to look again.
    await this.#asking;
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    await this.#asking;
    clearTimeout(this.#timer);
    if (this.#snapshot.key === undefined) this.#timer = setTimeout(this.#onTime, EVERY_MS);
  }

  readonly #onTime = (): void => {
    if (document.visibilityState === "visible") void this.refresh();
  };

  readonly #onVisible = (): void => {
    if (document.visibilityState === "visible" && this.#snapshot.key === undefined) void this.refresh();
  };

  #set(change: Partial<Snapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...change, now: Date.now() };
    this.#tell(this.#snapshot);
  }

  async #ask(): Promise<void> {
    this.#set({ busy: true });
    try {
      const { at, pipelines } = await this.#pipelines();
      this.#set({ at, pipelines, unreachable: undefined, key: undefined });
      const answers = await Promise.all([
        this.#attempt("health", () => this.#askHealth()),
        this.#attempt("failures", () => this.#askFailures(pipelines)),
        this.#attempt("redrives and backfills", () => this.#askRequeues()),
        this.#attempt("models", () => this.#askModels()),
      ]);
      this.#slowlyAt = this.#isSlowlyDue ? Date.now() : this.#slowlyAt;
      this.#set({ busy: false, unanswered: answers.filter((answer) => answer !== undefined) });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#set({ busy: false, ...(error.isAboutKey ? this.#locked() : await this.#unreachable(error)) });
    }
  }

  /** The rest of the page stands when one part of it cannot be asked. @returns what is wrong, in words */
  async #attempt(what: string, ask: () => Promise<void>): Promise<string | undefined> {
    try {
      await ask();
      return undefined;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return `The ${what} could not be asked. ${error.message}`;
    }
  }

  #locked(): Partial<Snapshot> {
    const key = this.#api.hasKey ? "refused" : "asked";
    this.#api.forgetKey();
    return { key };
  }

  async #unreachable(error: ApiError): Promise<Partial<Snapshot>> {
    const { since = new Date().toISOString() } = this.#snapshot.unreachable ?? {};
    // Settings that are wrong make every other call fail: health says which, and needs no key.
    const health = await this.#api.get<HealthAnswer>("health").catch(() => undefined);
    const message = `${error.message}${error.hint === undefined ? "" : ` ${error.hint}`}`;
    return { unreachable: { since, message }, health };
  }

  async #pipelines(): Promise<PipelinesAnswer> {
    const first = await this.#api.get<PipelinesAnswer>(address(["pipelines"]));
    const pipelines: Pipeline[] = [...first.pipelines];
    let { nextCursor } = first;
    for (let page = 1; page < MOST_PAGES && nextCursor !== undefined; page++) {
      const answer: PipelinesAnswer = await this.#api.get(address(["pipelines"], { cursor: nextCursor }));
      pipelines.push(...answer.pipelines);
      nextCursor = answer.nextCursor;
    }
    return { at: first.at, pipelines };
  }

  get #isSlowlyDue(): boolean {
    return Date.now() - this.#slowlyAt >= SLOWLY_EVERY_MS;
  }

  async #askHealth(): Promise<void> {
    if (this.#isSlowlyDue) this.#set({ health: await this.#api.get<HealthAnswer>("health") });
  }

  async #askModels(): Promise<void> {
    if (this.#isSlowlyDue) this.#set({ models: await this.#api.get<ModelsAnswer>("models") });
  }

  /** Counting failures costs the app more than the rest: only when there are others than before. */
  async #askFailures(pipelines: readonly Pipeline[]): Promise<void> {
    const failed = pipelines.reduce((sum, { totals }) => sum + totals.failed + totals.partiallySucceeded, 0);
    if (failed === this.#failedThen) return;
    this.#failedThen = failed;
    this.#set({ failures: await this.#api.get<FailuresAnswer>(address(["failures"], { limit: 0 })) });
  }

  async #askRequeues(): Promise<void> {
    const known = this.#snapshot.requeues;
    if (known !== undefined && !known.some(({ status }) => status === "running")) return;
    await this.#readRequeues();
  }

  /** Looks at the redrives and backfills now: one was started or cancelled. */
  async watchRequeues(): Promise<void> {
    await this.#attempt("redrives and backfills", () => this.#readRequeues());
  }

  async #readRequeues(): Promise<void> {
    const { requeues } = await this.#api.get<RequeuesAnswer>(address(["requeues"], { limit: 20 }));
    const shown = requeues.filter(({ dryRun }: Requeue) => !dryRun);
    this.#set({ requeues: shown });
  }
}
