import type { ErrorBody } from "../http/service-error.ts";
import type { PreparedTask, TaskScope } from "../kinds/kind.ts";
import { answerTask } from "./answer-task.ts";
import { DeferredFailure } from "./deferred-failure.ts";
import type { JobPlan, JobRequest, JobTask, SubmittedTask } from "./job.ts";

/** A task ready to be answered, or the reason why it will fail in the job. */
export type Preparation = PreparedTask | { failure: ErrorBody };

/** Checks a task's parameters. @throws ServiceError when they refuse the whole request */
export function prepareTask(task: SubmittedTask, scope: TaskScope, planned: ErrorBody | undefined): Preparation {
  try {
    const prepared = task.kind.prepare(task.parameters, scope);
    return planned === undefined ? prepared : { failure: planned };
  } catch (error) {
    if (error instanceof DeferredFailure) return { failure: error.failure };
    throw error;
  }
}

/** A task of a job with its answer, to be shown from `finishesAt` (milliseconds since 1970). */
export function buildTask(
  request: JobRequest,
  lengths: readonly number[],
  task: SubmittedTask,
  preparation: Preparation,
  plan: JobPlan,
  finishesAt: number,
): JobTask {
  const common = {
    kind: task.kind.kind,
    ...(task.name === undefined ? {} : { name: task.name }),
    ...(task.list === undefined ? {} : { list: task.list }),
    pointer: task.pointer,
    finishesAt,
  };
  if ("failure" in preparation) {
    return { ...common, about: {}, documents: [], failure: { ...preparation.failure, target: task.pointer } };
  }
  return { ...common, about: preparation.about, documents: answerTask(request, lengths, task, preparation, plan) };
}

/** An answer to a task that nobody asked for, of a kind that no client knows. */
export function buildFutureTask(kind: string, { documents, tasks }: JobRequest, finishesAt: number): JobTask {
  return {
    kind,
    name: kind,
    list: `${kind}Tasks`,
    pointer: `#/tasks/items/${tasks.length}`,
    finishesAt,
    about: { modelVersion: "2099-01-01" },
    documents: documents.map(({ id }) => ({ id, characters: 0, content: { futureAnswer: ["?"] }, warnings: [] })),
  };
}
