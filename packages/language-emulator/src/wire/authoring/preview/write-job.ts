import type { ErrorBody } from "../../../http/service-error.ts";
import type { JobStatus } from "../../../jobs/progress.ts";
import { AUTHORING_JOB_DAYS } from "../../../limits.ts";
import type { Operation, TrainWork } from "../../../projects/operations/operation.ts";
import { type PhaseState, stateOf, trainingPhases } from "../../../projects/operations/operation-state.ts";
import { taskDate } from "../../date-time.ts";

/** The preview's words: those of its runtime, and those of the counts in the same answer. */
const WORDS: Readonly<Partial<Record<JobStatus, string>>> = { running: "inProgress", succeeded: "completed" };

function word(status: JobStatus): string {
  return WORDS[status] ?? status;
}

/** The state of a training job. Its one task says how model and evaluation are doing. */
export function writeTraining(operation: Operation & { work: TrainWork }, now: number): object {
  const { createdAt, work } = operation;
  const { training, evaluation } = trainingPhases(operation, now);
  const updated = ({ startedAt, endedAt }: PhaseState): string => taskDate(endedAt ?? startedAt ?? createdAt);
  const error = (failure: ErrorBody | undefined, { status }: PhaseState): object =>
    failure === undefined || status !== "failed" ? {} : { error: failure };
  const task = {
    trainingModelName: work.modelLabel,
    evaluationStatus: {
      status: word(evaluation.status),
      lastUpdatedDateTime: updated(evaluation),
      ...error(work.evaluationFailure, evaluation),
    },
    status: word(training.status),
    lastUpdatedDateTime: updated(training),
    ...error(operation.failure, training),
  };
  return writeJob(operation, task, now);
}

/** The state of a publication. Its one task names the model id by which the runtime knows the model. */
export function writePublication(operation: Operation, modelId: string, now: number): object {
  const { status, updatedAt, errors } = stateOf(operation, now);
  const [error] = errors;
  const task = {
    modelId,
    status: word(status),
    lastUpdatedDateTime: taskDate(updatedAt),
    ...(error === undefined ? {} : { error }),
  };
  return writeJob(operation, task, now);
}

function writeJob(operation: Operation, task: object, now: number): object {
  const { id, createdAt, extraFields = {} } = operation;
  const { status, finished, updatedAt, errors } = stateOf(operation, now);
  return {
    tasks: [task],
    inProgress: finished ? 0 : 1,
    completed: status === "succeeded" ? 1 : 0,
    failed: status === "failed" ? 1 : 0,
    total: 1,
    jobId: id,
    createdDateTime: taskDate(createdAt),
    lastUpdatedDateTime: taskDate(updatedAt),
    expirationDateTime: taskDate(createdAt + AUTHORING_JOB_DAYS * 86_400_000),
    status: word(status),
    errors,
    ...extraFields,
  };
}
