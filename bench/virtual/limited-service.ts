import { randomUUID } from "node:crypto";
import type { AnalysisClient, JobHandle, JobRequest, JobState, Task } from "../../src/lib/language/analysis.ts";
import { LanguageError } from "../../src/lib/language/errors/language-error.ts";
import type { Time } from "./virtual-time.ts";

export interface ServiceOptions {
  jobSeconds: number;
  /** Requests in a minute; absent: no limit. */
  limit?: number;
  /** Whether submissions and polls have a limit each: the service's words can be read either way. */
  apart?: boolean;
  /** What it says to new jobs, and to those who ask about earlier ones, for as long as it is out of order. */
  refusal?: (operation: "submit" | "poll", now: number) => LanguageError | undefined;
}

/** How long a call takes. */
const LATENCY_MS = 100;
const MINUTE_MS = 60_000;

/** A Language service on virtual time that answers each document, after a while and as often as its limit allows. */
export class LimitedService implements AnalysisClient {
  readonly calls = { submit: 0, poll: 0, refused: 0 };
  /** When it took each job, milliseconds since 1970. */
  readonly taken: number[] = [];
  readonly #time: Time;
  readonly #options: ServiceOptions;
  readonly #jobs = new Map<string, { request: JobRequest; at: number }>();
  readonly #recent = new Map<string, number[]>();

  constructor(time: Time, options: ServiceOptions) {
    this.#time = time;
    this.#options = options;
  }

  get total(): number {
    return this.calls.submit + this.calls.poll;
  }

  async submit(request: JobRequest): Promise<JobHandle> {
    await this.#take("submit");
    const jobId = randomUUID(); // one that no other resource has
    this.taken.push(this.#time.now());
    this.#jobs.set(jobId, { request, at: this.#time.now() });
    return { jobId, operationLocation: `http://service.test/jobs/${jobId}` };
  }

  async detectLanguages(): Promise<never> {
    throw new Error("No pipeline of the bench asks for languages");
  }

  async getJob({ jobId }: JobHandle, tasks: readonly Task[]): Promise<JobState> {
    await this.#take("poll");
    const job = this.#jobs.get(jobId);
    if (job === undefined) throw new Error(`There is no job ${jobId}`);
    const ends = job.at + this.#options.jobSeconds * 1_000;
    const finished = this.#time.now() >= ends;
    const answers = job.request.documents.map(({ id, text }) => {
      const statistics = { charactersCount: text.length, transactionsCount: 1 };
      return [
        id,
        { content: { classes: [{ category: "a", confidenceScore: 0.9 }] }, warnings: [], statistics },
      ] as const;
    });
    const about = { about: {}, errors: new Map(), status: "succeeded" as const };
    return {
      jobId,
      status: finished ? "succeeded" : "running",
      finished,
      createdDateTime: new Date(job.at).toISOString(),
      lastUpdatedDateTime: new Date(Math.min(ends, this.#time.now())).toISOString(),
      expirationDateTime: new Date(job.at + 86_400_000).toISOString(),
      errors: [],
      tasks: finished ? tasks.map(({ name, kind }) => ({ name, kind, ...about, documents: new Map(answers) })) : [],
      requests: 1,
    };
  }

  async #take(operation: "submit" | "poll"): Promise<void> {
    await this.#time.sleep(LATENCY_MS);
    const { limit, apart, refusal } = this.#options;
    const refused = refusal?.(operation, this.#time.now());
    if (refused !== undefined) throw refused;
    this.calls[operation]++;
    if (limit === undefined) return;
    const now = this.#time.now();
    const key = apart ? operation : "both";
    const recent = (this.#recent.get(key) ?? []).filter((time) => time > now - MINUTE_MS);
    this.#recent.set(key, recent);
    if (recent.length < limit) {
      recent.push(now);
      return;
    }
    this.calls.refused++;
    throw new LanguageError({
      class: "throttled",
      code: "TooManyRequests",
      status: 429,
      message: "Too many requests",
      hint: "-",
      retryAfterSeconds: Math.max(1, Math.ceil(((recent[0] ?? now) + MINUTE_MS - now) / 1_000)),
    });
  }
}
