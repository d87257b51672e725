import * as z from "zod";
import { jsonBody } from "../../../http/call.ts";
import {
  type ProjectAssets,
  type ProjectMetadata,
  projectAssets,
  projectFile,
  projectMetadata,
} from "../../../projects/project-file.ts";
import { invalidArgument } from "../../../projects/refusals.ts";
import { checked, readBody } from "../read-body.ts";
import type { AuthoringVersion } from "./versions.ts";

const patchBody = z.record(z.string(), z.unknown());
const importBody = projectFile.extend({ assets: projectAssets.optional() });

/**
 * A project as a merge patch makes it from what there was: fields that the patch does not name stay, `null` takes one
 * away.
 * @throws ServiceError 400
 */
export function patchProject(
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
export function readImport(
  body: string,
  name: string,
  version: AuthoringVersion,
): { metadata: ProjectMetadata; assets?: ProjectAssets | undefined } {
  const { projectFileVersion, metadata, assets } = readBody(importBody, body);
  if (projectFileVersion !== version.name) {
    const message = `The projectFileVersion '${projectFileVersion}' is not the api-version '${version.name}'.`;
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
