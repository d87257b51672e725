import type { ProjectError } from "./state.ts";

/** What was asked of a project cannot be done as it is; trying again does not help. */
export class ProjectFailure extends Error {
  override readonly name = "ProjectFailure";
  readonly error: ProjectError;

  constructor(error: ProjectError) {
    super(error.message);
    this.error = error;
  }
}
