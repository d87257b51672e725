import type { InvocationContext } from "@azure/functions";
import * as df from "durable-functions";
import { projectInstanceId } from "../../lib/project/names.ts";
import { firstProjectStep, PROJECT_ORCHESTRATION, secondsOverdue } from "../../lib/project/step.ts";
import { isRunning, isSuspended, readRunning, readStatus, terminate } from "./instances.ts";

/** A run may end between a refused start and the look at it; so often in a row something else is wrong. */
const MOST_STARTS = 3;

/** Makes sure that a project's orchestration runs. Call it after the command was written. */
export function startProject(context: InvocationContext, project: string): Promise<string> {
  return keepRunning(df.getClient(context), project);
}

/**
 * Makes sure that the orchestrations of these projects run, and that those end which are lost with nothing left to do; one
 * that cannot be started keeps none of the others waiting.
 * @throws the first error, at the end
 */
export async function startProjects(context: InvocationContext, projects: readonly string[]): Promise<void> {
  const wanted = new Set([...projects, ...(await lostProjects(df.getClient(context)))]);
  const outcomes = await Promise.allSettled([...wanted].map((project) => startProject(context, project)));
  const failed = outcomes.find(({ status }) => status === "rejected");
  if (failed?.status === "rejected") throw failed.reason;
}

/** Projects whose orchestration says that it runs, and should have gone on long ago. */
async function lostProjects(client: df.DurableClient): Promise<string[]> {
  const running = await readRunning(client);
  return running
    .filter((status) => status.name === PROJECT_ORCHESTRATION && overdueNow(status) > 0)
    .map(({ instanceId }) => instanceId.slice(projectInstanceId("").length));
}

/** By how many seconds an orchestration that runs is overdue; one that somebody suspended is not. */
function overdueNow(status: df.DurableOrchestrationStatus): number {
  return isSuspended(status) ? 0 : secondsOverdue(status, Date.now());
}

/** @returns the id of the instance, started or found running */
export async function keepRunning(client: df.DurableClient, project: string): Promise<string> {
  const instanceId = projectInstanceId(project);
  for (let starts = 1; ; starts++) {
    try {
      await client.startNew(PROJECT_ORCHESTRATION, { instanceId, input: firstProjectStep(project) });
      return instanceId;
    } catch (error) {
      // Refused because it runs already is what was wanted; anything else is not.
      const status = await readStatus(client, instanceId);
      if (status !== undefined && isRunning(status)) {
        const overdue = overdueNow(status);
        if (overdue === 0) return instanceId;
        await terminate(client, instanceId, `It should have gone on ${overdue} s ago; a new one takes over`);
      }
      if (starts === MOST_STARTS) throw error;
    }
  }
}
