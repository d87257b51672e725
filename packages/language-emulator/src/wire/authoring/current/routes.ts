import type { Route } from "../../../http/call.ts";
import { PROJECT_LANGUAGES } from "../../../projects/languages.ts";
import { modelExpiry, TRAINING_CONFIGS } from "../../../projects/training/training-configs.ts";
import type { AuthoringRuntime } from "../runtime.ts";
import { currentRoute } from "./current-route.ts";
import { deploymentRoutes } from "./deployment-routes.ts";
import { listPage } from "./list-page.ts";
import { modelRoutes } from "./model-routes.ts";
import { projectRoutes } from "./project-routes.ts";
import { trainingRoutes } from "./training-routes.ts";

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
