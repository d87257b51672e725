import type { Route } from "../../../http/call.ts";
import { requireModel, requireProject } from "../../../projects/authoring/authoring.ts";
import { importProject } from "../../../projects/authoring/import-project.ts";
import { setProject } from "../../../projects/authoring/set-project.ts";
import { operationNotFound } from "../../../projects/refusals.ts";
import type { AuthoringRuntime } from "../runtime.ts";
import { accepted, BASE, currentRoute } from "./current-route.ts";
import { listPage } from "./list-page.ts";
import { patchProject, readImport } from "./read-project.ts";
import { requireUtf16 } from "./string-index.ts";
import { writeJob } from "./write-job.ts";
import { writeProject } from "./write-resources.ts";

/** Projects: list, create or change, read, delete, import, export. */
export function projectRoutes(runtime: AuthoringRuntime): Route[] {
  const { authoring } = runtime;
  const { clock, desk, registry } = authoring;
  const route = currentRoute(runtime);
  return [
    route("GET", "", "authoringRead", (call) => listPage(call, registry.projects(), writeProject)),

    route("PATCH", "/{projectName}", "createProject", async (call, name) => {
      const metadata = patchProject(registry.project(name)?.metadata, name, call.body, call.version);
      const { project, created } = await setProject(authoring, metadata);
      return { status: created ? 201 : 200, body: writeProject(project) };
    }),

    route("GET", "/{projectName}", "authoringRead", (_call, name) => ({
      status: 200,
      body: writeProject(requireProject(authoring, name)),
    })),

    route("DELETE", "/{projectName}", "deleteProject", (call, name) => {
      requireProject(authoring, name);
      const { id } = desk.start("current", name, { kind: "deleteProject" }, call.plan);
      return accepted(call, `/global/deletion-jobs/${id}`);
    }),

    route("GET", "/global/deletion-jobs/{jobId}", "authoringStatus", (_call, id) => {
      const operation = desk.find("current", undefined, id);
      if (operation.work.kind !== "deleteProject") throw operationNotFound(id);
      return { status: 200, body: writeJob(operation, clock.now()) };
    }),

    route("POST", "/{projectName}/:import", "importProject", async (call, name) => {
      const content = readImport(call.body, name, call.version);
      const { id } = await importProject(authoring, content, call.plan);
      return accepted(call, `/${name}/import/jobs/${id}`);
    }),

    route("GET", "/{projectName}/import/jobs/{jobId}", "authoringStatus", (_call, name, id) => {
      const operation = desk.find("current", name, id);
      if (operation.work.kind !== "import") throw operationNotFound(id);
      return { status: 200, body: writeJob(operation, clock.now()) };
    }),

    route("POST", "/{projectName}/:export", "exportProject", (call, name) => {
      requireUtf16(call);
      const { metadata, assets } = requireProject(authoring, name);
      const label = call.query.get("trainedModelLabel");
      const labels = label === null ? assets : requireModel(authoring, name, label).labels;
      const file = {
        projectFileVersion: call.version.name,
        stringIndexType: "Utf16CodeUnit",
        metadata,
        ...(labels === undefined ? {} : { assets: labels }),
      };
      const { id } = desk.start("current", name, { kind: "export", file }, call.plan);
      return accepted(call, `/${name}/export/jobs/${id}`);
    }),

    route("GET", "/{projectName}/export/jobs/{jobId}", "authoringStatus", (call, name, id) => {
      const operation = desk.find("current", name, id);
      if (operation.work.kind !== "export") throw operationNotFound(id);
      const body = writeJob(operation, clock.now());
      const resultUrl = `${call.endpoint}${BASE}/${name}/export/jobs/${id}/result?api-version=${call.version.name}`;
      return { status: 200, body: body.status === "succeeded" ? { resultUrl, ...body } : body };
    }),

    route("GET", "/{projectName}/export/jobs/{jobId}/result", "authoringRead", (_call, name, id) => {
      const operation = desk.find("current", name, id);
      const ready = writeJob(operation, clock.now()).status === "succeeded";
      if (operation.work.kind !== "export" || !ready) throw operationNotFound(id);
      return { status: 200, body: operation.work.file };
    }),
  ];
}
