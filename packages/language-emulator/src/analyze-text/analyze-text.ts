import * as z from "zod";
import { type Call, jsonBody, type Reply, type Route } from "../http/call.ts";
import { invalidRequest } from "../http/service-error.ts";
import { checkTaskNames } from "../jobs/check-documents.ts";
import type { JobRequest, SubmittedTask } from "../jobs/job.ts";
import { readPageRequest } from "../jobs/page.ts";
import { progressOf } from "../jobs/progress.ts";
import type { Runtime } from "../jobs/runtime.ts";
import { KINDS } from "../kinds/kinds.ts";
import { modelByDeployment } from "../projects/resolve-model.ts";
import { type ApiVersion, requireVersion } from "./versions.ts";
import { writeState } from "./write-state.ts";

const JOBS = "/language/analyze-text/jobs";

/** The routes of the current wire: submit, status, cancel. */
export function currentRoutes(runtime: Runtime): Route[] {
  const { clock, jobs, limiters, projects, unknownProject } = runtime;

  const accepted = (call: Call, version: ApiVersion, jobId: string): Reply => ({
    status: 202,
    headers: { "operation-location": `${call.endpoint}${JOBS}/${jobId}?api-version=${version.name}` },
  });

  return [
    {
      method: "POST",
      path: JOBS,
      operation: "submit",
      answer(call) {
        const version = requireVersion(call.query);
        const request = readSubmit(call.body, version);
        checkTaskNames(request);
        limiters.submit.take(
          request.tasks.map(({ kind }) => kind.kind),
          call.name,
        );
        const scope = { features: version, resolveModel: modelByDeployment(projects, unknownProject, clock) };
        return accepted(call, version, jobs.submit("analyze-text", request, scope, call.plan).id);
      },
    },
    {
      method: "GET",
      path: `${JOBS}/{jobId}`,
      operation: "status",
      answer(call, jobId) {
        const version = requireVersion(call.query);
        const page = readPageRequest(call.query, "");
        const job = jobs.find("analyze-text", jobId);
        limiters.status.take(
          job.tasks.map(({ kind }) => kind),
          call.name,
        );
        const address = `${call.endpoint}${JOBS}/${job.id}`;
        return {
          status: 200,
          body: writeState({ job, progress: progressOf(job, clock.now()), page, address }, version),
        };
      },
    },
    {
      method: "POST",
      path: `${JOBS}/{jobId}:cancel`,
      operation: "cancel",
      answer(call, jobId) {
        const version = requireVersion(call.query);
        jobs.cancel("analyze-text", jobId);
        return accepted(call, version, jobId);
      },
    },
  ];
}

const text = z.string();

const submitBody = z.looseObject({
  displayName: text.nullish(),
  analysisInput: z.looseObject({
    documents: z.array(z.looseObject({ id: text, text, language: text.nullish() })),
  }),
  tasks: z
    .array(z.looseObject({ kind: text, taskName: text.nullish(), parameters: z.looseObject({}).nullish() }))
    .min(1, "At least one task is required."),
  defaultLanguage: text.nullish(),
  cancelAfter: z.number().positive().nullish(),
});

/** Reads the body of a submit. @throws ServiceError 400 for a wrong form, or a kind that the version does not know */
function readSubmit(body: string, version: ApiVersion): JobRequest {
  const parsed = submitBody.safeParse(jsonBody(body));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const message = `${issue?.path.join(".") ?? "body"}: ${issue?.message ?? "invalid"}`;
    throw invalidRequest("Invalid Request.", "InvalidRequestBodyFormat", message);
  }
  const { displayName, analysisInput, tasks, defaultLanguage, cancelAfter } = parsed.data;
  return {
    displayName: displayName ?? undefined,
    documents: analysisInput.documents.map(({ id, text: content, language }) => ({
      id,
      text: content,
      language: language || undefined,
    })),
    tasks: tasks.map((task, index): SubmittedTask => {
      const kind = Object.values(KINDS).find((candidate) => candidate.kind === task.kind);
      if (kind === undefined || !version.kinds.has(kind.kind)) {
        const message = `The task kind '${task.kind}' is not supported. Supported values ${[...version.kinds].join(",")}.`;
        throw invalidRequest("Invalid Request.", "InvalidRequest", message);
      }
      return {
        kind,
        name: task.taskName ?? undefined,
        pointer: `#/tasks/items/${index}`,
        parameters: task.parameters ?? {},
      };
    }),
    cancelAfterSeconds: version.cancelsItself ? (cancelAfter ?? undefined) : undefined,
    detection: version.detectsLanguage ? { defaultLanguage: defaultLanguage || "en" } : undefined,
  };
}
