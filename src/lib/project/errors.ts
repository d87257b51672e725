import type { HoldReason } from "../common/hold.ts";
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

/** The application has no right to a training container, or not yet: a new role takes minutes to work. */
export class ContainerForbidden extends Error {
  override readonly name = "ContainerForbidden";
  readonly reason: HoldReason;

  constructor(reason: Omit<HoldReason, "code">) {
    super(reason.message);
    this.reason = { code: this.name, ...reason };
  }
}

/** The model that is to be deployed is not there. */
export function missingModel(project: string, label: string): ProjectFailure {
  return new ProjectFailure({
    code: "ModelNotFound",
    message: `The project "${project}" has no model "${label}"`,
    hint: "Check the name, upper and lower case count; GET /api/projects/{name} lists the models.",
  });
}
