import { ProjectFailure } from "./project-failure.ts";

/** The model that is to be deployed is not there. */
export function missingModel(project: string, label: string): ProjectFailure {
  return new ProjectFailure({
    code: "ModelNotFound",
    message: `The project "${project}" has no model "${label}"`,
    hint: "Check the name, upper and lower case count; GET /api/projects/{name} lists the models.",
  });
}
