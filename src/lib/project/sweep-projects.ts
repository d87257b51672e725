import pMap from "p-map";
import { sameEtag } from "../storage/blobs.ts";
import { queuedCommand } from "./commands.ts";
import { rejectMisnamedFolder } from "./definition/store-definition.ts";
import { enqueueDefinition, isPending } from "./enqueue-command.ts";
import { misnamedFolder, NAME_PATTERN, projectFiles, projectOf } from "./names.ts";
import type { ProjectContext } from "./project-session.ts";
import { classifyFailure } from "./retry-policy.ts";

/** Projects looked at at once. */
const AT_ONCE = 8;

type Sweeping = Pick<ProjectContext, "containers" | "now" | "log">;

/**
 * Finds projects whose orchestration should run: a project file whose event was lost, or work left by an orchestration
 * that ended in the wrong moment. Then project files in folders that cannot be a project's get a status that says so.
 * What fails with one of them is logged and keeps none of the others waiting.
 * @throws Error when it could look at nothing of what is there
 */
export async function sweepProjects(context: Sweeping): Promise<string[]> {
  const { etags, unreported } = await listProjects(context);
  const failures: string[] = [];
  const attempt = async <Result>(project: string, look: () => Promise<Result>): Promise<Result | undefined> => {
    try {
      return await look();
    } catch (error) {
      failures.push(logFailure(context, project, error));
      return undefined;
    }
  };
  const found = await pMap(
    etags,
    async ([project, etag]) => ((await attempt(project, () => isWaiting(context, project, etag))) ? [project] : []),
    { concurrency: AT_ONCE },
  );
  for (const folder of unreported) {
    await attempt(folder, () => rejectMisnamedFolder(context, projectFiles.definition(folder)));
  }
  const [first] = failures;
  if (first === undefined || failures.length < etags.size + unreported.size) return found.flat();
  throw new Error(`The sweep could look at none of ${failures.length} projects. The first: ${first}`);
}

/** The projects that there are, with the ETags of their files, and the folders that still have to be told their name is none. */
async function listProjects({ containers: { projects, work } }: Sweeping) {
  const etags = new Map<string, string | undefined>();
  const misnamed = new Set<string>();
  const withStatus = new Set<string>();
  for await (const { name, properties } of projects.listBlobsFlat()) {
    const project = projectOf(name);
    if (project !== undefined) etags.set(project, properties.etag);
    const folder = misnamedFolder(name);
    if (folder !== undefined) misnamed.add(folder);
    if (name.endsWith("/status.json")) withStatus.add(name);
  }
  for await (const { name } of work.listBlobsFlat({ prefix: "projects/" })) {
    const [, project = ""] = name.split("/");
    if (NAME_PATTERN.test(project) && !etags.has(project)) etags.set(project, undefined);
  }
  const unreported = new Set([...misnamed].filter((folder) => !withStatus.has(projectFiles.status(folder))));
  return { etags, unreported };
}

async function isWaiting(context: Sweeping, project: string, etag: string | undefined): Promise<boolean> {
  const { value: command } = await queuedCommand(context.containers.work, project).read();
  if (etag !== undefined && !sameEtag(command?.definitionEtag, etag)) await enqueueDefinition(context, project);
  return await isPending(context, project);
}

/** @returns what was wrong */
function logFailure({ log, now }: Sweeping, project: string, error: unknown): string {
  const action = classifyFailure(error, { before: undefined, now: now(), longestBlockedSeconds: 0 });
  const { state, reason } = action.kind === "hold" ? action.hold : { state: "failed", reason: action.reason };
  const { code, message } = reason;
  log({ event: "project.held", project, state, code, message, since: new Date(now()).toISOString() });
  return `${project}: ${message}`;
}
