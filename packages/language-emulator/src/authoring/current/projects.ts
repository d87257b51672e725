import * as z from "zod";
import { jsonBody, type Route } from "../../http/call.ts";
import { requireModel, requireProject } from "../../projects/authoring.ts";
import { importProject, setProject } from "../../projects/change-project.ts";
import {
  type ProjectAssets,
  type ProjectMetadata,
  projectAssets,
  projectFile,
  projectMetadata,
} from "../../projects/project-file.ts";
import { invalidArgument, operationNotFound } from "../../projects/refusals.ts";
import { type AuthoringRuntime, checked, readBody } from "../route.ts";
import { type AuthoringVersion, accepted, BASE, currentRoute, isUpTo, listPage, requireUtf16 } from "./call.ts";
import { writeJob, writeProject } from "./write.ts";

/** Projects: list, create or change, read, delete, import, export. */
export function projectRoutes(runtime: AuthoringRuntime): Route[] {
  const { authoring } = runtime;
  const { clock, operations, registry } = authoring;
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
      const { id } = operations.start("current", name, { kind: "deleteProject" }, call.plan);
      return accepted(call, `/global/deletion-jobs/${id}`);
    }),

    route("GET", "/global/deletion-jobs/{jobId}", "authoringStatus", (_call, id) => {
      const operation = operations.find("current", undefined, id);
      if (operation.work.kind !== "deleteProject") throw operationNotFound(id);
      return { status: 200, body: writeJob(operation, clock.now()) };
    }),

    route("POST", "/{projectName}/:import", "importProject", async (call, name) => {
      const content = readImport(call.body, name, call.version);
      const { id } = await importProject(authoring, content, call.plan);
      return accepted(call, `/${name}/import/jobs/${id}`);
    }),

    route("GET", "/{projectName}/import/jobs/{jobId}", "authoringStatus", (_call, name, id) => {
      const operation = operations.find("current", name, id);
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
      const { id } = operations.start("current", name, { kind: "export", file }, call.plan);
      return accepted(call, `/${name}/export/jobs/${id}`);
    }),

    route("GET", "/{projectName}/export/jobs/{jobId}", "authoringStatus", (call, name, id) => {
      const operation = operations.find("current", name, id);
      if (operation.work.kind !== "export") throw operationNotFound(id);
      const body = writeJob(operation, clock.now());
      const resultUrl = `${call.endpoint}${BASE}/${name}/export/jobs/${id}/result?api-version=${call.version.name}`;
      return { status: 200, body: body.status === "succeeded" ? { resultUrl, ...body } : body };
    }),

    route("GET", "/{projectName}/export/jobs/{jobId}/result", "authoringRead", (_call, name, id) => {
      const operation = operations.find("current", name, id);
      const ready = writeJob(operation, clock.now()).status === "succeeded";
      if (operation.work.kind !== "export" || !ready) throw operationNotFound(id);
      return { status: 200, body: operation.work.file };
    }),
  ];
}

const patchBody = z.record(z.string(), z.unknown());
const importBody = projectFile.extend({ assets: projectAssets.optional() });

/**
 * A project as a merge patch makes it from what there was: fields that the patch does not name stay, `null` takes one
 * away.
 * @throws ServiceError 400
 */
function patchProject(
  existing: ProjectMetadata | undefined,
  name: string,
  body: string,
  version: AuthoringVersion,
): ProjectMetadata {
  const patch = checked(patchBody, jsonBody(body));
  const merged = Object.entries({ ...existing, ...patch }).filter(([, value]) => value !== null);
  const start = existing === undefined ? {} : { projectName: name };
  const metadata = checked(projectMetadata, { ...start, ...Object.fromEntries(merged) });
  checkMetadata(metadata, name, version);
  return metadata;
}

/** The settings and labels of an import. @throws ServiceError 400 */
function readImport(
  body: string,
  name: string,
  version: AuthoringVersion,
): { metadata: ProjectMetadata; assets?: ProjectAssets | undefined } {
  const { projectFileVersion, metadata, assets } = readBody(importBody, body);
  if (!isUpTo(version, projectFileVersion)) {
    const message = `The projectFileVersion '${projectFileVersion}' is none of the versions up to '${version.name}'.`;
    throw invalidArgument(message, "projectFileVersion");
  }
  checkMetadata(metadata, name, version);
  return { metadata, assets };
}

function checkMetadata({ projectName, projectKind }: ProjectMetadata, name: string, version: AuthoringVersion): void {
  if (projectName !== name) {
    throw invalidArgument(`The project name '${projectName}' is not that of the address, '${name}'.`, "projectName");
  }
  if (!version.kinds.has(projectKind)) {
    const message = `The project kind '${projectKind}' is not supported. Supported values ${[...version.kinds].join(",")}.`;
    throw invalidArgument(message, "projectKind");
  }
}
