import type { InvocationContext } from "@azure/functions";
import * as df from "durable-functions";
import { AUTHOR_ORCHESTRATION, firstAuthorStep } from "../../lib/projects/author-step.ts";
import { authorInstanceId } from "../../lib/projects/project-name.ts";
import { RUNNING, readStatus } from "./lane-host.ts";

/** A run may end between a refused start and the look at it; so often in a row something else is wrong. */
const MOST_STARTS = 3;

/** Makes sure that a project's orchestration runs. Call it after the request was written. */
export function startAuthor(context: InvocationContext, project: string): Promise<string> {
  return keepRunning(df.getClient(context), project);
}

/** @returns the id of the instance, started or found running */
export async function keepRunning(client: df.DurableClient, project: string): Promise<string> {
  const instanceId = authorInstanceId(project);
  for (let starts = 1; ; starts++) {
    try {
      await client.startNew(AUTHOR_ORCHESTRATION, { instanceId, input: firstAuthorStep(project) });
      return instanceId;
    } catch (error) {
      // Refused because it runs already is what was wanted; anything else is not.
      const status = await readStatus(client, instanceId);
      if (status !== undefined && RUNNING.includes(status.runtimeStatus)) return instanceId;
      if (starts === MOST_STARTS) throw error;
    }
  }
}
