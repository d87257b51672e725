import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from "@azure/functions";
import * as df from "durable-functions";
import { services } from "../lib/app.ts";
import { readWish } from "../lib/project/commands.ts";
import { refuseFolder, storeDefinition } from "../lib/project/definition/store-definition.ts";
import { askForDefinition, askProject } from "../lib/project/enqueue-command.ts";
import { NAME_EXPECTED, NAME_PATTERN, projectOf } from "../lib/project/names.ts";
import type { AuthorContext } from "../lib/project/project-context.ts";
import { describeProject } from "../lib/project/status.ts";
import { sweepProjects } from "../lib/project/sweep-projects.ts";
import { blobReference, registerBlobReferences } from "./bindings/blob-reference.ts";
import { eventSink } from "./bindings/log-sink.ts";
import { startAuthor } from "./bindings/orchestrations.ts";

registerBlobReferences();

/** Flex Consumption takes blob events from Event Grid only; on one machine there is no Event Grid, so it scans. */
const development = process.env.AZURE_FUNCTIONS_ENVIRONMENT === "Development";

app.storageBlob("projectIntake", {
  path: `${services().settings.containers.projects}/{project}/project.json`,
  connection: "AzureWebJobsStorage",
  source: development ? "LogsAndContainerScan" : "EventGrid",
  sdkBinding: true,
  extraInputs: [df.input.durableClient()],
  handler: async (trigger, context) => {
    const { name } = blobReference(trigger, context);
    const project = projectOf(name);
    // An Event Grid subscription may tell of every blob of the container, statuses among them.
    if (project === undefined) return await refuseFolder(ownContainers(), name);
    const isNew = await askForDefinition(services().author(project, eventSink(context)), project);
    if (isNew) await startAuthor(context, project);
  },
});

app.timer("projectSweep", {
  schedule: `30 */${services().settings.sweepIntervalMinutes} * * * *`,
  extraInputs: [df.input.durableClient()],
  handler: async (_timer, context) => {
    const waiting = await sweepProjects({ ...ownContainers(), log: eventSink(context) });
    const failures: unknown[] = [];
    for (const project of waiting) {
      await startAuthor(context, project).catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  },
});

function ownContainers(): Pick<AuthorContext, "containers" | "now"> {
  return { containers: { projects: services().projects, work: services().containers.work }, now: Date.now };
}

type Handler = (request: HttpRequest, context: InvocationContext, project: string) => Promise<HttpResponseInit>;

function endpoint(name: string, method: "GET" | "PUT" | "POST" | "DELETE", route: string, handler: Handler): void {
  app.http(name, {
    route,
    methods: [method],
    authLevel: "function",
    extraInputs: [df.input.durableClient()],
    handler: async (request, context) => {
      const project = request.params.name ?? "";
      if (NAME_PATTERN.test(project)) return await handler(request, context, project);
      const message = `"${project}" cannot be the name of a project`;
      return refusal(400, "InvalidName", message, `A name has ${NAME_EXPECTED}.`);
    },
  });
}

endpoint("projectGet", "GET", "projects/{name}", async (_request, context, project) => {
  const description = await describeProject(services().author(project, eventSink(context)));
  return description === undefined ? unknownProject(project) : { jsonBody: description };
});

endpoint("projectPut", "PUT", "projects/{name}", async (request, context, project) => {
  const author = services().author(project, eventSink(context));
  const problem = await storeDefinition(author, await request.text());
  if (problem !== undefined) return { status: 400, jsonBody: { error: problem } };
  await askForDefinition(author, project);
  return await accepted(request, context, project);
});

for (const action of ["train", "deploy"] as const) {
  const name = action === "train" ? "projectTrain" : "projectDeploy";
  endpoint(name, "POST", `projects/{name}/${action}`, (request, context, project) =>
    ask(action, request, context, project),
  );
}

endpoint("projectDelete", "DELETE", "projects/{name}", (request, context, project) =>
  ask("delete", request, context, project),
);

async function ask(
  action: "train" | "deploy" | "delete",
  request: HttpRequest,
  context: InvocationContext,
  project: string,
): Promise<HttpResponseInit> {
  const given = action === "delete" ? JSON.stringify(Object.fromEntries(request.query)) : await request.text();
  const wish = readWish(action, given);
  if ("problem" in wish) return { status: 400, jsonBody: { error: wish.problem } };
  const outcome = await askProject(services().author(project, eventSink(context)), project, wish);
  if (outcome === "unknown") return unknownProject(project);
  if (outcome === "accepted") return await accepted(request, context, project);
  const hint = "GET /api/projects/{name} shows what is being done; ask again when it is over.";
  return refusal(409, "Busy", `Something else is being done with project "${project}"`, hint);
}

/** 202 with the addresses at which Durable Functions tells how it goes. */
async function accepted(request: HttpRequest, context: InvocationContext, project: string): Promise<HttpResponseInit> {
  const instanceId = await startAuthor(context, project);
  return df.getClient(context).createCheckStatusResponse(request, instanceId) as HttpResponseInit;
}

function unknownProject(project: string): HttpResponseInit {
  const hint = "Drop its project.json, or PUT it to /api/projects/{name}; upper and lower case count.";
  return refusal(404, "UnknownProject", `There is no project "${project}"`, hint);
}

function refusal(status: number, code: string, message: string, hint: string): HttpResponseInit {
  return { status, jsonBody: { error: { code, message, hint } } };
}
