import pMap from "p-map";
import { askForDefinition, hasWork, sameEtag } from "./ask-project.ts";
import type { AuthorContext } from "./author-context.ts";
import { NAME_PATTERN, projectOf } from "./project-name.ts";
import { readRequest } from "./request.ts";

/** Projects looked at at once. */
const AT_ONCE = 8;

/**
 * Finds projects whose orchestration should run: a project file whose event was lost, or work left by an orchestration
 * that ended in the wrong moment.
 */
export async function sweepProjects(context: Pick<AuthorContext, "containers" | "now">): Promise<string[]> {
  const { projects, work } = context.containers;
  const etags = new Map<string, string | undefined>();
  for await (const { name, properties } of projects.listBlobsFlat()) {
    const project = projectOf(name);
    if (project !== undefined) etags.set(project, properties.etag);
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
