import pMap from "p-map";
import { askForDefinition, hasWork, sameEtag } from "./ask-project.ts";
import type { AuthorContext } from "./author-context.ts";
import { misnamedFolder, NAME_PATTERN, projectFiles, projectOf } from "./project-name.ts";
import { refuseFolder } from "./refuse-folder.ts";
import { readRequest } from "./request.ts";

/** Projects looked at at once. */
const AT_ONCE = 8;

/**
 * Finds projects whose orchestration should run: a project file whose event was lost, or work left by an orchestration
 * that ended in the wrong moment. Project files in folders that cannot be a project's get a status that says so.
 */
export async function sweepProjects(context: Pick<AuthorContext, "containers" | "now">): Promise<string[]> {
  const { projects, work } = context.containers;
  const etags = new Map<string, string | undefined>();
  const misnamed = new Set<string>();
  const told = new Set<string>();
  for await (const { name, properties } of projects.listBlobsFlat()) {
    const project = projectOf(name);
    if (project !== undefined) etags.set(project, properties.etag);
    const folder = misnamedFolder(name);
    if (folder !== undefined) misnamed.add(folder);
    if (name.endsWith("/status.json")) told.add(name);
  }
  for (const folder of misnamed) {
    if (!told.has(projectFiles.status(folder))) await refuseFolder(context, projectFiles.definition(folder));
  }
  for await (const { name } of work.listBlobsFlat({ prefix: "projects/" })) {
    const [, project = ""] = name.split("/");
    if (NAME_PATTERN.test(project) && !etags.has(project)) etags.set(project, undefined);
  }
  const found = await pMap(
    etags,
    async ([project, etag]) => {
      const { request } = await readRequest(work, project);
      if (etag !== undefined && !sameEtag(request?.definitionEtag, etag)) await askForDefinition(context, project);
      return (await hasWork(context, project)) ? [project] : [];
    },
    { concurrency: AT_ONCE },
  );
  return found.flat();
}
