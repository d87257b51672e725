import type { InvocationContext } from "@azure/functions";
import * as df from "durable-functions";
import { AUTHOR_ORCHESTRATION, firstAuthorStep } from "../../lib/projects/author-step.ts";
import { authorInstanceId } from "../../lib/projects/project-name.ts";
import { RUNNING, readStatus } from "./lane-host.ts";

/** Makes sure that a project's orchestration runs. Call it after the request was written. */
export async function startAuthor(context: InvocationContext, project: string): Promise<string> {
  const client = df.getClient(context);
  const instanceId = authorInstanceId(project);
  try {
    await client.startNew(AUTHOR_ORCHESTRATION, { instanceId, input: firstAuthorStep(project) });
  } catch (error) {
    // Refused because it runs already is what was wanted; anything else is not.
    const status = await readStatus(client, instanceId);
    if (status === undefined || !RUNNING.includes(status.runtimeStatus)) throw error;
  }
  return instanceId;
}
