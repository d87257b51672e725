import { randomUUID } from "node:crypto";
import type { ErrorBody } from "../../http/service-error.ts";
import type { JobPlan } from "../../jobs/job.ts";
import { AUTHORING_JOB_DAYS } from "../../limits.ts";
import type { Statistics } from "../../statistics.ts";
import type { Store } from "../../store.ts";
import { stableFraction } from "../../text.ts";
import { type Clock, ticksOfDay } from "../../time.ts";
import { deploymentNotFound, jobIsOver, modelNotFound, operationNotFound, projectNotFound } from "../refusals.ts";
import type { ProjectRegistry } from "../registry.ts";
import { learn } from "../trained-model.ts";
import { type AuthoringWire, endOf, isTraining, type Operation, stateOf, type Work } from "./operation.ts";

/** So many seconds, from the shortest to the longest. */
export interface SecondsRange {
  from: number;
  to: number;
}

export interface OperationQueueOptions {
  clock: Clock;
  store: Store<Operation>;
  registry: ProjectRegistry;
  statistics: Statistics;
  trainingSeconds: SecondsRange;
  /** Every other job. */
  jobSeconds: SecondsRange;
  seed: string;
}

/** A job is in the first tenth of its time `notStarted`; a training has its evaluation in the last fifth. */
const START_SHARE = 0.1;
const EVALUATION_SHARE = 0.8;
/** How far a training is when a scenario lets it fail. */
const FAILING_SHARE = 0.5;

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(_\d{18,19})?$/i;
const LIFE_MS = AUTHORING_JOB_DAYS * 86_400_000;

/** What a job is to do, and how a training goes; the queue sets the times. */
export type WorkRequest = Exclude<Work, { kind: "train" }> | Omit<Extract<Work, { kind: "train" }>, "evaluationAt">;

/** Accepts, finds, cancels and carries out the jobs of authoring. */
export class OperationQueue {
  readonly #options: OperationQueueOptions;
  #open: Operation[] = [];

  constructor(options: OperationQueueOptions) {
    this.#options = options;
    for (const operation of options.store.all()) {
      if (this.#expired(operation) && operation.settled) options.store.delete(operation.id);
      else {
        if (operation.work.kind === "train") options.statistics.countTraining(operation.project);
        if (!operation.settled) this.#open.push(operation);
      }
    }
  }

  /** Accepts a job. The plan's failure is that of the job; a training may have one of its own. */
  start(wire: AuthoringWire, project: string, request: WorkRequest, plan: JobPlan): Operation {
    const failure = request.kind === "train" ? (plan.failure ?? plan.trainingFailure) : plan.failure;
    const { store, statistics } = this.#options;
    const createdAt = this.#options.clock.now();
    const milliseconds = this.#milliseconds(project, request, plan);
    const startsAt = createdAt + Math.round(milliseconds * START_SHARE);
    const evaluationAt = createdAt + Math.round(milliseconds * EVALUATION_SHARE);
    const fails = request.kind === "train" && failure !== undefined;
    const { lostAfterSeconds, extraFields } = plan;
    const operation: Operation = {
      id: newId(wire, createdAt),
      wire,
      project,
      work: request.kind === "train" ? { ...request, evaluationAt } : request,
      createdAt,
      startsAt,
      finishesAt: fails
        ? startsAt + Math.round((evaluationAt - startsAt) * FAILING_SHARE)
        : createdAt + Math.round(milliseconds),
      ...(lostAfterSeconds === undefined ? {} : { lostAt: createdAt + lostAfterSeconds * 1_000 }),
      ...(failure === undefined ? {} : { failure }),
      settled: false,
      ...(extraFields === undefined ? {} : { extraFields }),
    };
    store.save(operation);
    this.#open.push(operation);
    if (request.kind === "train") statistics.countTraining(project);
    return operation;
  }

  /** Does the work of every job whose time has come, in order of their ends. */
  settle(): void {
    const { clock, registry, store } = this.#options;
    const due = this.#open.filter((operation) => clock.now() >= endOf(operation));
    if (due.length === 0) return;
    this.#open = this.#open.filter((operation) => !due.includes(operation));
    for (const operation of due.toSorted((a, b) => endOf(a) - endOf(b))) {
      const idle = operation.cancelledAt !== undefined || operation.failure !== undefined;
      const failure = idle ? undefined : doWork(operation, registry);
      store.save({ ...withoutModel(operation), settled: true, ...(failure === undefined ? {} : { failure }) });
      if (operation.work.kind === "deleteProject" && !idle) this.#forget(operation.project, operation.id);
    }
  }

  /** The job of that id. @throws ServiceError 404 when there is none, or none any more, or not of this generation */
  find(wire: AuthoringWire, project: string | undefined, id: string): Operation {
    const operation = ID.test(id) ? this.#options.store.load(id.toLowerCase()) : undefined;
    const known = operation !== undefined && operation.wire === wire && !this.#expired(operation);
    if (!known || (project !== undefined && operation.project !== project)) throw operationNotFound(id);
    return operation;
  }

  /** The jobs of a project that are not forgotten yet, the oldest first. */
  all(wire: AuthoringWire, project: string): Operation[] {
    return [...this.#options.store.all()]
      .filter((operation) => operation.wire === wire && operation.project === project && !this.#expired(operation))
      .toSorted((a, b) => a.createdAt - b.createdAt);
  }

  /** The training of a project that is not over, in whichever generation it was started. */
  openTraining(project: string): Operation | undefined {
    return this.#open.find((operation) => operation.project === project && operation.work.kind === "train");
  }

  /** Stops a job. @throws ServiceError 400 when it is over */
  cancel(operation: Operation): void {
    const now = this.#options.clock.now();
    if (operation.cancelledAt !== undefined || stateOf(operation, now).finished) throw jobIsOver(operation.id);
    const cancelled = { ...operation, cancelledAt: now };
    this.#options.store.save(cancelled);
    this.#open = this.#open.map((open) => (open.id === operation.id ? cancelled : open));
  }

  /** Deletes a project at once, and every job of it. */
  deleteProject(project: string): void {
    this.#options.registry.deleteProject(project);
    this.#forget(project);
  }

  /** The jobs of a deleted project are gone with it. @param except the job that deleted it */
  #forget(project: string, except?: string): void {
    const { store } = this.#options;
    for (const { id, project: owner } of [...store.all()]) if (owner === project && id !== except) store.delete(id);
    this.#open = this.#open.filter((open) => open.project !== project);
  }

  #expired({ createdAt, lostAt }: Operation): boolean {
    const now = this.#options.clock.now();
    return now >= createdAt + LIFE_MS || (lostAt !== undefined && now >= lostAt);
  }

  #milliseconds(project: string, request: WorkRequest, plan: JobPlan): number {
    const { trainingSeconds, jobSeconds, seed } = this.#options;
    const { from, to } = request.kind === "train" ? trainingSeconds : jobSeconds;
    const about = request.kind === "train" ? request.modelLabel : request.kind;
    const fraction = stableFraction(`${seed} ${project} ${about}`);
    return (from + (to - from) * fraction + (plan.extraSeconds ?? 0)) * 1_000;
  }
}

/** A job as it is kept when it is over: a trained model is kept by its project. */
function withoutModel(operation: Operation): Operation {
  if (!isTraining(operation)) return operation;
  const { model: _, ...work } = operation.work;
  return { ...operation, work };
}

/** With the ticks of the day, as in the specification's examples; the preview has none. */
function newId(wire: AuthoringWire, now: number): string {
  return wire === "v1.0-preview.2" ? randomUUID() : `${randomUUID()}_${ticksOfDay(now)}`;
}

/**
 * Does what a job was accepted for. Doing it twice is the same as once, so that a process may stop in between.
 * @returns why it could not be done, when what it needs was taken away while it ran
 */
function doWork(
  { project: name, work, startsAt, finishesAt }: Operation,
  registry: ProjectRegistry,
): ErrorBody | undefined {
  if (work.kind === "import") {
    registry.import(work.metadata, work.assets, finishesAt);
    return undefined;
  }
  const project = registry.project(name);
  if (project === undefined) return work.kind === "deleteProject" ? undefined : projectNotFound(name).body;
  switch (work.kind) {
    case "export":
      return undefined;
    case "train":
      if (work.model !== undefined) {
        const trainingSeconds = Math.round((finishesAt - startsAt) / 1_000);
        registry.addModel(name, learn({ ...work.model, trainedAt: finishesAt, trainingSeconds }));
      }
      return undefined;
    case "loadSnapshot": {
      const model = project.models.get(work.modelLabel);
      if (model === undefined) return modelNotFound(name, work.modelLabel).body;
      registry.import(project.metadata, model.labels, finishesAt);
      return undefined;
    }
    case "deploy":
      return serve(registry, name, [work], finishesAt);
    case "swap": {
      const gone = work.gets.find(({ deployment }) => registry.deployed(name, deployment) === undefined);
      if (gone !== undefined) return deploymentNotFound(name, gone.deployment).body;
      return serve(registry, name, work.gets, finishesAt);
    }
    case "deleteDeployment":
      registry.deleteDeployment(name, work.deployment);
      return undefined;
    case "deleteProject":
      registry.deleteProject(name);
      return undefined;
  }
}

function serve(
  registry: ProjectRegistry,
  project: string,
  wanted: readonly { deployment: string; modelId: string }[],
  now: number,
): ErrorBody | undefined {
  const found = wanted.map(({ deployment, modelId }) => ({
    deployment,
    modelId,
    trained: registry.modelById(project, modelId),
  }));
  const missing = found.find(({ trained }) => trained === undefined);
  if (missing !== undefined) return modelNotFound(project, missing.modelId).body;
  for (const { deployment, trained } of found) {
    if (trained !== undefined) registry.serve(project, deployment, trained, now);
  }
  return undefined;
}
