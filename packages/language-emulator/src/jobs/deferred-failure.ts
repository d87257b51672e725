import type { ErrorBody } from "../http/service-error.ts";

/** Thrown while a task is prepared, so that the request is accepted and the task fails in the job. */
export class DeferredFailure extends Error {
  override readonly name = "DeferredFailure";
  readonly failure: ErrorBody;

  constructor(failure: ErrorBody) {
    super(failure.message);
    this.failure = failure;
  }
}
