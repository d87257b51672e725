import type { ContainerClient } from "@azure/storage-blob";
import type { z } from "zod";
import type { healthAnswerSchema } from "../api/document-schemas.ts";
import type { App } from "../app.ts";
import { describeError } from "../common/log.ts";
import { describeProblem, SettingsError } from "../common/problems.ts";
import { VERSION } from "../common/telemetry.ts";
import { isStatus } from "../storage/blobs.ts";

type Health = z.output<typeof healthAnswerSchema>;
type Check = Health["checks"][number];

/**
 * Can the app do its work? Are the settings right, and is all there that it cannot work without? The Language service is
 * not asked: a lane that it blocks says so.
 * @param open gives the app, or throws what is wrong with its settings
 */
export async function checkHealth(open: () => App): Promise<Health> {
  const checks = await makeChecks(open);
  return { status: checks.every(({ ok }) => ok) ? "healthy" : "unhealthy", version: VERSION, checks };
}

async function makeChecks(open: () => App): Promise<Check[]> {
  let app: App;
  try {
    app = open();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.problems.map((problem) => ({ name: "settings", ok: false, message: describeProblem(problem) }));
  }
  const { neededContainers, pipelines } = app;
  return await Promise.all([
    { name: "settings", ok: true },
    ...neededContainers.map((container) =>
      check(`container ${container.containerName}`, () => findContainer(container)),
    ),
    ...(await checkExpiry(app)),
    ...pipelines.map(({ name }) => check(`queue of pipeline ${name}`, () => app.queue(name).peek())),
  ]);
}

/**
 * Deployments that end soon, or have ended: told, but a date alone makes nobody ill, since it may be put off. What the
 * service refuses as expired does.
 */
async function checkExpiry({ expiry }: App): Promise<Check[]> {
  const view = await expiry.view().catch(() => undefined); // that storage is away is told by its own checks
  return (view?.deployments ?? []).flatMap<Check>(
    ({ project, deployment, state, expiresOn, daysLeft, source, problem }) => {
      if (state === "unknown" || state === "current") return [];
      const name = `deployment ${project}/${deployment}`;
      const renew = `npm run project -- renew ${project}`;
      if (source === "runtime")
        return [{ name, ok: false, message: `${problem?.message ?? "It has expired"}. ${renew}` }];
      const when =
        state === "expired" ? `Its posted end was ${expiresOn}` : `It ends on ${expiresOn}, in ${daysLeft} days`;
      return [{ name, ok: true, message: `${when}. ${renew}` }];
    },
  );
}

async function findContainer(container: ContainerClient): Promise<void> {
  if (await container.exists()) return;
  throw new Error(`There is no such container in ${container.accountName}; the sweep makes it, if it may`);
}

async function check(name: string, ask: () => Promise<unknown>): Promise<Check> {
  try {
    await ask();
    return { name, ok: true };
  } catch (error) {
    const hint = isStatus(error, 401, 403) ? `. ${ROLES}` : "";
    return { name, ok: false, message: `${describeError(error)}${hint}` };
  }
}

const ROLES =
  "Give the app's identity the roles Storage Blob Data Owner and Storage Queue Data Contributor on the account (a new role takes minutes to work), and check the account's network rules";
