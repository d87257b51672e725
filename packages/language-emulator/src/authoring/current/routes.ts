import type { Route } from "../../http/call.ts";
import { PROJECT_LANGUAGES } from "../../projects/languages.ts";
import { modelExpiry, TRAINING_CONFIGS } from "../../projects/training/train-project.ts";
import type { AuthoringRuntime } from "../route.ts";
import { currentRoute, listPage } from "./call.ts";
import { deploymentRoutes } from "./deployments.ts";
import { modelRoutes } from "./models.ts";
import { projectRoutes } from "./projects.ts";
import { trainingRoutes } from "./trainings.ts";

/** The routes of the current generation of authoring. What belongs to no project comes first: `global` is no project. */
export function currentAuthoringRoutes(runtime: AuthoringRuntime): Route[] {
  const route = currentRoute(runtime);
  const { clock } = runtime.authoring;
  return [
    route("GET", "/global/languages", "authoringRead", (call) =>
      listPage(call, PROJECT_LANGUAGES, (language) => language),
    ),
    route("GET", "/global/training-config-versions", "authoringRead", (call) =>
      listPage(call, TRAINING_CONFIGS, (trainingConfigVersion) => ({
        trainingConfigVersion,
        modelExpirationDate: modelExpiry(clock.now()),
      })),
    ),
    ...projectRoutes(runtime),
    ...trainingRoutes(runtime),
    ...modelRoutes(runtime),
    ...deploymentRoutes(runtime),
  ];
}
