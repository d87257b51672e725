import { AUTHORING_JOB_DAYS } from "../../../limits.ts";
import type { Operation, TrainWork } from "../../../projects/operations/operation.ts";
import { type PhaseState, stateOf, trainingPhases } from "../../../projects/operations/operation-state.ts";
import { jobDate, taskDate } from "../../date-time.ts";

/** The state of a job. */
export function writeJob(operation: Operation, now: number): Record<string, unknown> {
  const { id, createdAt, extraFields = {} } = operation;
  const { status, updatedAt, errors } = stateOf(operation, now);
  return {
    jobId: id,
    createdDateTime: jobDate(createdAt),
    lastUpdatedDateTime: jobDate(updatedAt),
    expirationDateTime: jobDate(createdAt + AUTHORING_JOB_DAYS * 86_400_000),
    status,
    ...(errors.length === 0 ? {} : { errors }),
    ...extraFields,
  };
}

/** The state of a training job, with what it trains and how far it is. */
export function writeTraining(operation: Operation & { work: TrainWork }, now: number): Record<string, unknown> {
  const { work, finishesAt } = operation;
  const { training, evaluation } = trainingPhases(operation, now);
  return {
    result: {
      modelLabel: work.modelLabel,
      trainingConfigVersion: work.configVersion,
      ...(stateOf(operation, now).finished ? {} : { estimatedEndDateTime: taskDate(finishesAt) }),
      trainingStatus: writePhase(training),
      evaluationStatus: writePhase(evaluation),
    },
    ...writeJob(operation, now),
  };
}

function writePhase({ status, percentComplete, startedAt, endedAt }: PhaseState): object {
  return {
    percentComplete,
    ...(startedAt === undefined ? {} : { startDateTime: taskDate(startedAt) }),
    ...(endedAt === undefined ? {} : { endDateTime: taskDate(endedAt) }),
    status,
  };
}
