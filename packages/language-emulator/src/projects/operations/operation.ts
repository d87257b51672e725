import type { ErrorBody } from "../../http/service-error.ts";
import type { JobStatus } from "../../jobs/progress.ts";
import type { ProjectAssets, ProjectMetadata } from "../project-file.ts";
import type { ModelRecord } from "../trained-model.ts";

/** The generations of authoring; a job is only known to the one it was started in. */
export type AuthoringWire = "current" | "v1.0-preview.2";

/** What a job of authoring does. All that it will do is decided when it is accepted, and done when its time has come. */
export type Work =
  | { kind: "import"; metadata: ProjectMetadata; assets?: ProjectAssets }
  /** The project's labels become those of a model's training. */
  | { kind: "loadSnapshot"; modelLabel: string }
  | { kind: "export"; file: Readonly<Record<string, unknown>> }
  | TrainWork
  /** Also the preview's publication. */
  | { kind: "deploy"; deployment: string; modelId: string }
  | { kind: "deleteDeployment"; deployment: string }
  /** Each deployment with the model that it gets. */
  | { kind: "swap"; gets: readonly { deployment: string; modelId: string }[] }
  | { kind: "deleteProject" };

export interface TrainWork {
  kind: "train";
  modelLabel: string;
  configVersion: string;
  /** Milliseconds since 1970: the training is over and the evaluation begins. */
  evaluationAt: number;
  /** None when the training fails. */
  model?: ModelRecord;
  /** Set when the model is made, but cannot be evaluated. */
  evaluationFailure?: ErrorBody;
}

/** A job of authoring. Times are milliseconds since 1970. */
export interface Operation {
  id: string;
  wire: AuthoringWire;
  project: string;
  work: Work;
  createdAt: number;
  startsAt: number;
  finishesAt: number;
  cancelledAt?: number;
  /** From then on the service has forgotten the job; what it does is done all the same. */
  lostAt?: number;
  failure?: ErrorBody;
  /** Whether it is over and its work done. */
  settled: boolean;
  /** Fields that no client knows, added to the answer. */
  extraFields?: Readonly<Record<string, unknown>>;
}

/** Whether a job is a training. */
export function isTraining(operation: Operation): operation is Operation & { work: TrainWork } {
  return operation.work.kind === "train";
}

/** A job of authoring as it stands at one moment. Times are milliseconds since 1970. */
export interface OperationState {
  status: JobStatus;
  finished: boolean;
  updatedAt: number;
  errors: readonly ErrorBody[];
}

/** One half of a training: learning, or the test after it. */
export interface PhaseState {
  status: JobStatus;
  /** Whole percent. */
  percentComplete: number;
  startedAt?: number;
  endedAt?: number;
}

/** How long a job is `cancelling`, at the most. */
const CANCELLING_MS = 500;

/** When a job is over, one way or another. */
export function endOf({ cancelledAt, finishesAt }: Operation): number {
  return cancelledAt === undefined
    ? finishesAt
    : cancelledAt + Math.min(CANCELLING_MS, Math.max(0, finishesAt - cancelledAt) / 2);
}

/** Where a job stands at `now`. */
export function stateOf(operation: Operation, now: number): OperationState {
  const { createdAt, startsAt, cancelledAt, failure } = operation;
  const end = endOf(operation);
  if (now >= end) {
    const status = cancelledAt !== undefined ? "cancelled" : failure === undefined ? "succeeded" : "failed";
    const errors = status === "failed" && failure !== undefined ? [failure] : [];
    return { status, finished: true, updatedAt: end, errors };
  }
  const running = now >= startsAt;
  const status = cancelledAt !== undefined ? "cancelling" : running ? "running" : "notStarted";
  return { status, finished: false, updatedAt: running ? now : (cancelledAt ?? createdAt), errors: [] };
}

/** How far a training and its evaluation are at `now`. */
export function trainingPhases(
  operation: Operation & { work: TrainWork },
  now: number,
): { training: PhaseState; evaluation: PhaseState } {
  const { startsAt, finishesAt, work } = operation;
  const evaluation = phase(operation, now, work.evaluationAt, finishesAt);
  return {
    training: phase(operation, now, startsAt, work.evaluationAt),
    evaluation:
      evaluation.status === "succeeded" && work.evaluationFailure !== undefined
        ? { ...evaluation, status: "failed" }
        : evaluation,
  };
}

/** @param from when the phase begins; `to`: when it is over unless the job ends earlier */
function phase(operation: Operation, now: number, from: number, to: number): PhaseState {
  const { cancelledAt } = operation;
  const end = endOf(operation);
  const stopped = cancelledAt ?? (operation.failure === undefined ? undefined : operation.finishesAt);
  if (now < from || (stopped !== undefined && stopped <= from)) {
    const status = cancelledAt !== undefined && now >= end ? "cancelled" : "notStarted";
    return { status, percentComplete: 0 };
  }
  const percentAt = (time: number): number => Math.floor((100 * (Math.min(time, to) - from)) / Math.max(1, to - from));
  if (stopped !== undefined && stopped < to && now >= stopped) {
    const percentComplete = Math.min(99, percentAt(stopped));
    if (now < end) return { status: "cancelling", percentComplete, startedAt: from };
    const status = cancelledAt === undefined ? "failed" : "cancelled";
    return { status, percentComplete, startedAt: from, endedAt: end };
  }
  if (now >= to) return { status: "succeeded", percentComplete: 100, startedAt: from, endedAt: to };
  return { status: "running", percentComplete: Math.min(99, percentAt(now)), startedAt: from };
}
