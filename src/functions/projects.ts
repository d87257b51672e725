import { app as functions, type HttpRequest, type HttpResponseInit, type InvocationContext } from "@azure/functions";
import * as df from "durable-functions";
import type { z } from "zod";
import type { Route } from "../lib/api/route.ts";
import { routes } from "../lib/api/routes.ts";
import { app, settingsProblem } from "../lib/app.ts";
import { receiveProjectFile } from "../lib/project/definition/store-definition.ts";
import {
  authoringIsOff,
  projectNamed,
  requestCommand,
  requestDefinition,
  requestDescription,
} from "../lib/project/http-requests.ts";
import type { ProjectContext } from "../lib/project/project-session.ts";
import { runProjectStep } from "../lib/project/run-step.ts";
import {
  afterLostStep,
  holdOnSettings,
  PROJECT_ACTIVITY,
  PROJECT_ORCHESTRATION,
  type ProjectResult,
  type ProjectStep,
} from "../lib/project/step.ts";
import { sweepProjects } from "../lib/project/sweep-projects.ts";
import { accepted, endpoint } from "./bindings/http.ts";
import { eventSink } from "./bindings/log-sink.ts";
import { startProject, startProjects } from "./bindings/project-host.ts";
import { stepLoop } from "./bindings/step-loop.ts";
import { BLOB_SOURCE, blobReference, registerBlobReferences, triggers } from "./bindings/triggers.ts";

registerBlobReferences();

/** Works on one project until nothing is left to do: creates, trains, deploys or deletes, as it was asked. */
df.app.orchestration(
  PROJECT_ORCHESTRATION,
  stepLoop<ProjectStep, ProjectResult | undefined>({
    activityOf: () => PROJECT_ACTIVITY,
    isOver: ({ result }) => result !== undefined,
    result: ({ result }) => result,
    lost: afterLostStep,
  }),
);

df.app.activity(PROJECT_ACTIVITY, {
  handler: async (step: ProjectStep, context): Promise<ProjectStep> => {
    const problem = settingsProblem();
    if (problem !== undefined) return holdOnSettings(step, problem.message);
    if (!app().settings.authoring) return holdOnSettings(step, "AUTHORING is not true");
    return runProjectStep(app().project(step.project, eventSink(context)), step);
  },
});

// Where nothing is authored, no event is listened to and no timer costs anything.
if (triggers.authoring) {
  functions.storageBlob("projectIntake", {
    path: `${triggers.projectsContainer}/{project}/project.json`,
    connection: "AzureWebJobsStorage",
    source: BLOB_SOURCE,
    sdkBinding: true,
    extraInputs: [df.input.durableClient()],
    handler: async (trigger, context) => {
      const project = await receiveProjectFile(app().projectSweep(eventSink(context)), blobReference(trigger, context));
      if (project !== undefined) await startProject(context, project);
    },
  });

  functions.timer("projectSweep", {
    schedule: `30 */${triggers.sweepIntervalMinutes} * * * *`,
    extraInputs: [df.input.durableClient()],
    handler: async (_timer, context) =>
      await startProjects(context, await sweepProjects(app().projectSweep(eventSink(context)))),
  });
}

on(routes.projectGet, async (_request, _context, project) => ({ jsonBody: await requestDescription(project) }));

on(routes.projectPut, async (request, context, project) => {
  await requestDefinition(project, await request.text());
  return await start(request, context, project);
});

on(routes.projectTrain, async (request, context, project) => {
  await requestCommand(project, "train", await request.text());
  return await start(request, context, project);
});

on(routes.projectDeploy, async (request, context, project) => {
  await requestCommand(project, "deploy", await request.text());
  return await start(request, context, project);
});

on(routes.projectRenew, async (request, context, project) => {
  await requestCommand(project, "renew", await request.text());
  return await start(request, context, project);
});

on(routes.projectDelete, async (request, context, project) => {
  await requestCommand(project, "delete", JSON.stringify(Object.fromEntries(request.query)));
  return await start(request, context, project);
});

type Handler = (request: HttpRequest, context: InvocationContext, project: ProjectContext) => Promise<HttpResponseInit>;

/** A call about the project that its path names. */
function on<Query extends z.ZodObject, Body extends z.ZodType>(route: Route<Query, Body>, handler: Handler): void {
  endpoint(route, ({ request, context, param }) => {
    if (!app().settings.authoring) throw authoringIsOff();
    return handler(request, context, app().project(projectNamed(param("name")), eventSink(context)));
  });
}

async function start(
  request: HttpRequest,
  context: InvocationContext,
  { project }: ProjectContext,
): Promise<HttpResponseInit> {
  return accepted(request, await startProject(context, project), `projects/${project}`);
}
