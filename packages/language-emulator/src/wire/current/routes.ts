import { type ApiVersion, findApiVersion } from "../../api-versions.ts";
import type { Call, Reply, Route } from "../../http/call.ts";
import { resourceNotFound } from "../../http/service-error.ts";
import { progressOf } from "../../jobs/progress.ts";
import { modelByDeployment } from "../../projects/resolve-model.ts";
import { readPageRequest } from "../page-request.ts";
import type { Runtime } from "../runtime.ts";
import { readSubmit } from "./read-submit.ts";
import { writeState } from "./write-state.ts";

const JOBS = "/language/analyze-text/jobs";

/** The routes of the current wire: submit, status, cancel. */
export function currentRoutes(runtime: Runtime): Route[] {
  const { clock, desk, limiter, projects, unknownProject } = runtime;

  const accepted = (call: Call, version: ApiVersion, jobId: string): Reply => ({
    status: 202,
    headers: { "operation-location": `${call.endpoint}${JOBS}/${jobId}?api-version=${version.name}` },
  });

  return [
    {
      method: "POST",
      path: JOBS,
      pattern: /^\/language\/analyze-text\/jobs\/?$/i,
      operation: "submit",
      answer(call) {
        const version = requireVersion(call);
        const request = readSubmit(call.body, version);
        limiter.take(
          request.tasks.map(({ kind }) => kind.kind),
          "Analyze Text Submit Job",
        );
        const scope = { features: version, resolveModel: modelByDeployment(projects, unknownProject) };
        return accepted(call, version, desk.submit("current", request, scope, call.plan).id);
      },
    },
    {
      method: "GET",
      path: `${JOBS}/{jobId}`,
      pattern: /^\/language\/analyze-text\/jobs\/([^/:]+)$/i,
      operation: "status",
      answer(call, jobId) {
        const version = requireVersion(call);
        const page = readPageRequest(call.query, "");
        const job = desk.find("current", jobId);
        limiter.take(
          job.tasks.map(({ kind }) => kind),
          "Analyze Text Job Status",
        );
        const address = `${call.endpoint}${JOBS}/${job.id}`;
        return { status: 200, body: writeState(job, progressOf(job, clock.now()), page, version, address) };
      },
    },
    {
      method: "POST",
      path: `${JOBS}/{jobId}:cancel`,
      pattern: /^\/language\/analyze-text\/jobs\/([^/:]+):cancel$/i,
      operation: "cancel",
      answer(call, jobId) {
        const version = requireVersion(call);
        desk.cancel("current", jobId);
        return accepted(call, version, jobId);
      },
    },
  ];
}

/** The gateway serves only versions that exist; without one it answers as for a wrong path (assumed). */
function requireVersion(call: Call): ApiVersion {
  const version = findApiVersion(call.query.get("api-version"));
  if (version === undefined) throw resourceNotFound();
  return version;
}
