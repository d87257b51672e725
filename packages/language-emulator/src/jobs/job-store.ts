import { randomUUID } from "node:crypto";
import { jobNotFound, ServiceError } from "../http/service-error.ts";
import type { TaskScope } from "../kinds/kind.ts";
import { JOB_HOURS } from "../limits.ts";
import type { Statistics } from "../statistics.ts";
import type { Store } from "../store.ts";
import { stableFraction, textHash } from "../text.ts";
import { type Clock, ticksOfDay } from "../time.ts";
import { buildFutureTask, buildTask, prepareTask } from "./answer-task.ts";
import { checkDocuments } from "./check-documents.ts";
import type { Job, JobPlan, JobRequest, Wire } from "./job.ts";
import { progressOf } from "./progress.ts";

export interface JobStoreOptions {
  clock: Clock;
  store: Store<Job>;
  statistics: Statistics;
  /** Jobs take from `from` to `to` seconds; how long exactly follows from their texts and the seed. */
  jobSeconds: { from: number; to: number };
  seed: string;
}

/** Jobs are in the first tenth of their time `notStarted`. */
const START_SHARE = 0.1;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(_\d{18,19})?$/i;
const LIFE_MS = JOB_HOURS * 3_600_000;

/** Accepts, finds and cancels jobs. */
export class JobStore {
  readonly #options: JobStoreOptions;

  constructor(options: JobStoreOptions) {
    this.#options = options;
    for (const job of options.store.all()) {
      if (this.#expired(job)) options.store.delete(job.id);
      else options.statistics.countJob(job);
    }
  }

  /**
   * Checks a request, analyses its documents and keeps the job. Tasks finish one after the other in the second half of
   * the job's time, not in the order asked.
   * @throws ServiceError when the request is refused
   */
  submit(wire: Wire, submitted: JobRequest, scope: TaskScope, plan: JobPlan): Job {
    const request = checkDocuments(submitted);
    const asked = request.tasks.map((task, index) => ({
      task,
      preparation: prepareTask(task, scope, plan.failedTasks[index]),
    }));
    const createdAt = this.#options.clock.now();
    const milliseconds = this.#milliseconds(request, plan);
    const ranks = finishingRanks(asked.length, this.#options.seed);
    const tasks = asked.map((one, index) => {
      const finishesAt = createdAt + milliseconds * (0.5 + (0.5 * ((ranks[index] ?? 0) + 1)) / asked.length);
      return buildTask(request, one, plan, finishesAt);
    });
    const { futureKind, lostAfterSeconds } = plan;
    const { cancelAfterSeconds } = request;
    const hashes = request.documents.map(({ text }) => textHash(text));
    const job: Job = {
      id: wire === "v3.1-preview.3" ? `${randomUUID()}_${ticksOfDay(createdAt)}` : randomUUID(),
      wire,
      ...(request.displayName === undefined ? {} : { displayName: request.displayName }),
      createdAt,
      startsAt: createdAt + milliseconds * START_SHARE,
      ...(cancelAfterSeconds === undefined || cancelAfterSeconds * 1_000 >= milliseconds
        ? {}
        : { cancelledAt: createdAt + cancelAfterSeconds * 1_000 }),
      ...(lostAfterSeconds === undefined ? {} : { lostAt: createdAt + lostAfterSeconds * 1_000 }),
      tasks:
        futureKind === undefined ? tasks : [...tasks, buildFutureTask(futureKind, request, createdAt + milliseconds)],
      ...(request.native ? { files: filesOf(request) } : {}),
      ...(plan.failure === undefined ? {} : { failure: plan.failure }),
      ...(plan.extraFields === undefined ? {} : { extraFields: plan.extraFields }),
      ...(plan.endlessPages ? { endlessPages: true } : {}),
      analyses: asked.flatMap(({ preparation }) =>
        "failure" in preparation ? [] : hashes.map((hash) => ({ textHash: hash, task: preparation.identity })),
      ),
    };
    this.#options.store.save(job);
    this.#options.statistics.countJob(job);
    return job;
  }

  /** The job of that id. @throws ServiceError 404 when there is none, or none any more, or not of this generation */
  find(wire: Wire, id: string): Job {
    const job = ID.test(id) ? this.#options.store.load(id.toLowerCase()) : undefined;
    if (job === undefined || job.wire !== wire || this.#expired(job)) throw jobNotFound(id);
    return job;
  }

  /** Stops a job: tasks finished by now keep their answers. @throws ServiceError 400, as recorded, when it is over */
  cancel(wire: Wire, id: string): void {
    const { clock, store, statistics } = this.#options;
    const job = this.find(wire, id);
    const now = clock.now();
    if ((job.cancelledAt !== undefined && job.cancelledAt <= now) || progressOf(job, now).finished) {
      const message = `Failed to cancel job with job id ${id} as its already completed.`;
      throw new ServiceError(400, { code: "InvalidRequest", message });
    }
    store.save({ ...job, cancelledAt: now });
    statistics.countCancelled();
  }

  #expired(job: Job): boolean {
    const now = this.#options.clock.now();
    return now >= job.createdAt + LIFE_MS || (job.lostAt !== undefined && now >= job.lostAt);
  }

  #milliseconds({ documents, tasks }: JobRequest, plan: JobPlan): number {
    const { jobSeconds, seed } = this.#options;
    const contents = documents.map(({ id, text }) => `${id} ${text}`).join("\n");
    const fraction = stableFraction(`${seed} ${tasks.map(({ kind }) => kind.kind).join(" ")} ${contents}`);
    return (jobSeconds.from + (jobSeconds.to - jobSeconds.from) * fraction + (plan.extraSeconds ?? 0)) * 1_000;
  }
}

function filesOf({ documents }: JobRequest): NonNullable<Job["files"]> {
  return Object.fromEntries(documents.flatMap(({ id, files }) => (files === undefined ? [] : [[id, files]])));
}

/** In which place each of the tasks finishes: recorded jobs finish theirs in no particular order. */
function finishingRanks(tasks: number, seed: string): number[] {
  const order = Array.from({ length: tasks }, (_, index) => index).toSorted(
    (a, b) => stableFraction(`${seed} task ${a}`) - stableFraction(`${seed} task ${b}`),
  );
  return Array.from({ length: tasks }, (_, index) => order.indexOf(index));
}
