import type { Route } from "../../http/call.ts";
import { progressOf } from "../../jobs/progress.ts";
import type { LaterParameter } from "../../kinds/kind.ts";
import { modelByDeployment, modelById } from "../../projects/resolve-model.ts";
import { escapePattern } from "../../text/segments.ts";
import { readPageRequest } from "../page-request.ts";
import type { Runtime } from "../runtime.ts";
import { GENERATIONS, type Generation } from "./generations.ts";
import { readSubmit } from "./read-submit.ts";
import { writeState } from "./write-state.ts";

/** The routes of the previews: submit and status, the version in the path. They never had a cancel. */
export function previewRoutes(runtime: Runtime): Route[] {
  return GENERATIONS.flatMap((generation) => routesOf(generation, runtime));
}

function routesOf(generation: Generation, runtime: Runtime): Route[] {
  const { clock, desk, limiter, projects, unknownProject } = runtime;
  const { wire } = generation;
  const base = `/text/analytics/${wire}/analyze`;
  const resolver = generation.modelBy === "modelId" ? modelById : modelByDeployment;
  return [
    {
      method: "POST",
      path: base,
      pattern: new RegExp(`^${escapePattern(base)}/?$`, "iu"),
      operation: "submit",
      answer(call) {
        const request = readSubmit(call.body, generation);
        limiter.take(
          request.tasks.map(({ kind }) => kind.kind),
          "Analyze",
        );
        const features = { enriched: false, parameters: new Set<LaterParameter>() };
        const scope = { features, resolveModel: resolver(projects, unknownProject) };
        const { id } = desk.submit(wire, request, scope, call.plan);
        return { status: 202, headers: { "operation-location": `${call.endpoint}${base}/jobs/${id}` } };
      },
    },
    {
      method: "GET",
      path: `${base}/jobs/{jobId}`,
      pattern: new RegExp(`^${escapePattern(base)}/jobs/([^/]+)$`, "iu"),
      operation: "status",
      answer(call, jobId) {
        const page = readPageRequest(call.query, "$");
        const job = desk.find(wire, jobId);
        limiter.take(
          job.tasks.map(({ kind }) => kind),
          "Analyze Status",
        );
        const address = `${call.endpoint}${base}/jobs/${job.id}`;
        return { status: 200, body: writeState(job, progressOf(job, clock.now()), page, generation, address) };
      },
    },
  ];
}
