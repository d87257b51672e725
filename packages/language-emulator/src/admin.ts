import { type Context, Hono } from "hono";
import * as z from "zod";
import type { Credentials } from "./http/auth.ts";
import type { ProjectRegistry } from "./projects/registry.ts";
import type { OwnContainers } from "./projects/training-storage.ts";
import { Scenario } from "./scenario/scenario.ts";
import { parseScenario } from "./scenario/schema.ts";
import type { Statistics } from "./statistics.ts";
import type { Clock } from "./time.ts";

/** What can be changed while the emulator runs. */
export interface Controls {
  clock: Clock;
  credentials: Credentials;
  scenario: Scenario;
  projects: ProjectRegistry;
  /** Read by authoring unless a storage account is linked. */
  containers: OwnContainers;
  statistics: Statistics;
}

const keysBody = z.strictObject({ keys: z.array(z.string().min(1)).min(1) });
const deploymentBody = z.strictObject({ model: z.string().optional(), expiresOn: z.iso.date().optional() });

/** Routes of our own under `/_emulator`, without a key. */
export function adminRoutes(controls: Controls, settle: () => void): Hono {
  const { projects, containers, statistics } = controls;
  const app = new Hono().basePath("/_emulator");
  app.use(async (_, next) => {
    settle();
    await next();
  });
  app.get("/stats", (context) => context.json(statistics.report()));
  app.delete("/stats", (context) => {
    statistics.reset();
    return context.body(null, 204);
  });
  app.get("/scenario", (context) => context.json(controls.scenario.report()));
  app.put("/scenario", (context) =>
    change(context, z.unknown(), (rules) => {
      controls.scenario = new Scenario(parseScenario(rules));
    }),
  );
  app.delete("/scenario", (context) => {
    controls.scenario = new Scenario([]);
    return context.body(null, 204);
  });
  app.put("/keys", (context) =>
    change(context, keysBody, ({ keys }) => {
      controls.credentials = { ...controls.credentials, keys };
    }),
  );
  app.get("/projects", (context) => context.json(describeProjects(projects)));
  app.put("/deployments/:project/:deployment", (context) => {
    const { project, deployment } = context.req.param();
    return change(context, deploymentBody, ({ model, expiresOn }) => {
      if (expiresOn !== undefined) projects.expire(project, deployment, expiresOn);
      if (expiresOn !== undefined && model === undefined) return;
      const label = model ?? [...(projects.project(project)?.models.keys() ?? [])].at(-1) ?? "";
      projects.deploy(project, deployment, label, controls.clock.now());
    });
  });
  app.delete("/deployments/:project/:deployment", (context) => {
    const { project, deployment } = context.req.param();
    return context.body(null, projects.deleteDeployment(project, deployment) ? 204 : 404);
  });
  app.get("/containers", (context) => context.json(containers.list()));
  app.put("/containers/:container/:blob{.+}", async (context) => {
    const { container, blob } = context.req.param();
    containers.put(container, blob, new TextDecoder().decode(await context.req.arrayBuffer()));
    return context.body(null, 201);
  });
  app.all("/*", ({ req, json }) => json({ error: `The emulator has no ${req.method} ${req.path}.` }, 404));
  return app;
}

/** Reads a body whatever its content type says (`curl -d` says a form), and uses it. An empty one is an empty object. */
async function change<T>(context: Context, schema: z.ZodType<T>, use: (value: T) => void): Promise<Response> {
  try {
    const parsed = schema.safeParse(JSON.parse((await context.req.text()) || "{}"));
    if (!parsed.success) return context.json({ error: z.prettifyError(parsed.error) }, 400);
    use(parsed.data);
    return context.body(null, 204);
  } catch (error) {
    return context.json({ error: error instanceof Error ? error.message : String(error) }, 400);
  }
}

function describeProjects(registry: ProjectRegistry): { projects: object[] } {
  return {
    projects: registry.projects().map((project) => ({
      projectName: project.metadata.projectName,
      projectKind: project.metadata.projectKind,
      models: [...project.models.keys()],
      deployments: [...project.deployments.keys()],
      publishedModelId: registry.publishedModelId(project),
    })),
  };
}
