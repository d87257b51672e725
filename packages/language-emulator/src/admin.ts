import * as z from "zod";
import type { Clock } from "./clock.ts";
import type { Credentials } from "./http/auth.ts";
import type { Reply } from "./http/call.ts";
import type { ProjectRegistry } from "./projects/registry.ts";
import { Scenario } from "./scenario/scenario.ts";
import { parseScenario } from "./scenario/schema.ts";
import type { Statistics } from "./statistics.ts";

/** What can be changed while the emulator runs. */
export interface Controls {
  clock: Clock;
  credentials: Credentials;
  scenario: Scenario;
  projects: ProjectRegistry;
  statistics: Statistics;
}

export const ADMIN_PREFIX = "/_emulator/";

const keysBody = z.strictObject({ keys: z.array(z.string().min(1)).min(1) });
const deploymentBody = z.strictObject({ model: z.string().optional() });

/**
 * Routes of our own, without a key: `GET|DELETE stats`, `GET|PUT|DELETE scenario`, `PUT keys`,
 * `GET projects`, `PUT|DELETE deployments/{project}/{deployment}`.
 */
export function answerAdmin(controls: Controls, method: string, path: string, body: string): Reply {
  const [resource = "", ...names] = path.slice(ADMIN_PREFIX.length).split("/").map(decodeURIComponent);
  switch (`${method} ${resource}`) {
    case "GET stats":
      return { status: 200, body: controls.statistics.report() };
    case "DELETE stats":
      controls.statistics.reset();
      return { status: 204 };
    case "GET scenario":
      return { status: 200, body: controls.scenario.report() };
    case "PUT scenario":
      return parsed(z.unknown(), body, (scenario) => {
        controls.scenario = new Scenario(parseScenario(scenario));
      });
    case "DELETE scenario":
      controls.scenario = new Scenario([]);
      return { status: 204 };
    case "PUT keys":
      return parsed(keysBody, body, ({ keys }) => {
        controls.credentials = { ...controls.credentials, keys };
      });
    case "GET projects":
      return { status: 200, body: describeProjects(controls.projects) };
    case "PUT deployments":
      return parsed(deploymentBody, body === "" ? "{}" : body, ({ model }) => deploy(controls, names, model));
    case "DELETE deployments":
      return { status: controls.projects.deleteDeployment(names[0] ?? "", names[1] ?? "") ? 204 : 404 };
    default:
      return { status: 404, body: { error: `The emulator has no ${method} ${path}.` } };
  }
}

function parsed<T>(schema: z.ZodType<T>, body: string, use: (value: T) => void): Reply {
  try {
    const result = schema.safeParse(JSON.parse(body));
    if (!result.success) return { status: 400, body: { error: z.prettifyError(result.error) } };
    use(result.data);
    return { status: 204 };
  } catch (error) {
    return { status: 400, body: { error: error instanceof Error ? error.message : String(error) } };
  }
}

function deploy({ projects, clock }: Controls, [project = "", name = ""]: string[], model: string | undefined): void {
  const label = model ?? [...(projects.project(project)?.models.keys() ?? [])].at(-1) ?? "";
  projects.deploy(project, name, label, clock.now());
}

function describeProjects(projects: ProjectRegistry): object {
  const list = projects.projects().map((project) => ({
    projectName: project.metadata.projectName,
    projectKind: project.metadata.projectKind,
    models: [...project.models.keys()],
    deployments: [...project.deployments.keys()],
    publishedModelId: projects.publishedModelId(project),
  }));
  return { projects: list };
}
