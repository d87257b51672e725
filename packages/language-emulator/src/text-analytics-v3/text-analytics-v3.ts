import * as z from "zod";
import { jsonBody, type Route } from "../http/call.ts";
import { invalidRequest } from "../http/service-error.ts";
import { checkTaskNames } from "../jobs/check-documents.ts";
import type { JobRequest, SubmittedTask } from "../jobs/job.ts";
import { readPageRequest } from "../jobs/page.ts";
import { progressOf } from "../jobs/progress.ts";
import type { Runtime } from "../jobs/runtime.ts";
import type { LaterParameter } from "../kinds/kind.ts";
import { KINDS } from "../kinds/kinds.ts";
import { modelByDeployment, modelById } from "../projects/resolve-model.ts";
import { GENERATIONS, type Generation, type TaskState } from "./versions.ts";
import { writeState } from "./write-state.ts";

/**
 * The routes of these versions: submit and status, the version in the path. They never had a cancel.
 * @param taskState in place of the field in which each version says how a task went
 */
export function previewRoutes(runtime: Runtime, taskState?: TaskState): Route[] {
  return GENERATIONS.flatMap((generation) =>
    routesOf(taskState === undefined ? generation : { ...generation, taskState }, runtime),
  );
}

function routesOf(generation: Generation, runtime: Runtime): Route[] {
  const { clock, jobs, limiters, projects, unknownProject } = runtime;
  const { wire } = generation;
  const base = `/text/analytics/${wire}/analyze`;
  const resolver = generation.modelBy === "modelId" ? modelById : modelByDeployment;
  return [
    {
      method: "POST",
      path: base,
      operation: "submit",
      answer(call) {
        const request = readSubmit(call.body, generation);
        if (generation.uniqueNames) checkTaskNames(request);
        limiters.submit.take(
          request.tasks.map(({ kind }) => kind.kind),
          call.name,
        );
        const features = { enriched: false, parameters: new Set<LaterParameter>() };
        const scope = { features, resolveModel: resolver(projects, unknownProject, clock) };
        const { id } = jobs.submit(wire, request, scope, call.plan);
        return { status: 202, headers: { "operation-location": `${call.endpoint}${base}/jobs/${id}` } };
      },
    },
    {
      method: "GET",
      path: `${base}/jobs/{jobId}`,
      operation: "status",
      answer(call, jobId) {
        const page = readPageRequest(call.query, "$");
        const job = jobs.find(wire, jobId);
        limiters.status.take(
          job.tasks.map(({ kind }) => kind),
          call.name,
        );
        const address = `${call.endpoint}${base}/jobs/${job.id}`;
        return {
          status: 200,
          body: writeState({ job, progress: progressOf(job, clock.now()), page, address }, generation),
        };
      },
    },
  ];
}

const text = z.string();
const task = z.looseObject({ name: text.nullish(), taskName: text.nullish(), parameters: z.looseObject({}).nullish() });

const submitBody = z.looseObject({
  displayName: text.nullish(),
  analysisInput: z.looseObject({
    documents: z.array(z.looseObject({ id: text, text, language: text.nullish() })),
  }),
  tasks: z.record(text, z.array(task)),
});

/** Reads the body of a submit: tasks are in lists by kind. @throws ServiceError 400 */
function readSubmit(body: string, generation: Generation): JobRequest {
  const parsed = submitBody.safeParse(jsonBody(body));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const message = `${issue?.path.join(".") ?? "body"}: ${issue?.message ?? "invalid"}`;
    throw invalidRequest("Invalid Request.", "InvalidRequestBodyFormat", message);
  }
  const tasks = Object.entries(parsed.data.tasks).flatMap(([list, entries]) =>
    entries.map((entry, index): SubmittedTask => {
      const kind = generation.lists[list];
      if (kind === undefined) throw unknownList();
      const name = (generation.nameField && entry[generation.nameField]) ?? undefined;
      return {
        kind: KINDS[kind],
        name,
        list,
        pointer: `#/tasks/${list}/${index}`,
        parameters: currentParameters(entry.parameters ?? {}),
      };
    }),
  );
  if (tasks.length === 0) throw unknownList();
  const { displayName, analysisInput } = parsed.data;
  return {
    displayName: displayName ?? undefined,
    documents: analysisInput.documents.map(({ id, text: content, language }) => ({
      id,
      text: content,
      language: language || undefined,
    })),
    tasks,
  };
}

/** As customers of these previews met it: a task list that the version does not know. */
function unknownList(): Error {
  return invalidRequest("Invalid Request.", "InvalidRequest", "InvalidTask in AnalyzeInput");
}

/** Parameters as the current wire spells them: `project-name` becomes `projectName`. */
function currentParameters(parameters: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );
}
