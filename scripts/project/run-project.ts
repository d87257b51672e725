import { setTimeout as pause } from "node:timers/promises";
import { readNamedFile } from "../../dev/command-line.ts";
import { ProgressLine, type Terminal } from "../../dev/progress-line.ts";
import type { ProjectArguments } from "./arguments.ts";
import { describeEnd, describeError, describeProgress } from "./describe-status.ts";
import { type ProjectApi, projectApi, RefusedError, type Status, UnreachableError } from "./project-api.ts";

/** Between two looks; they cost the service nothing, the app answers from what it wrote down. */
const LOOK_MS = 2_000;

/** A training takes longer than many a restart of the app: so many looks in a row may fail. */
const MOST_MISSED = 30;

const GOOD: ReadonlySet<string> = new Set(["succeeded", "deleted", "idle"]);

/**
 * Asks the app for one thing and shows how it goes.
 * @returns exit code: 0 when it came out well, 1 when not
 * @throws Error whose message is one line for the person at the terminal: the file cannot be read, nothing answers
 */
export async function runProject(
  given: ProjectArguments,
  out: Terminal,
  { lookMs = LOOK_MS }: { lookMs?: number } = {},
): Promise<number> {
  const api = projectApi(given);
  try {
    await ask(api, given);
    const status = given.wait ? await watch(api, out, lookMs) : await api.status();
    out.write(`${describeEnd(status)}\n`);
    if (given.command === "status" && !given.wait) out.write(`${JSON.stringify(status, null, 2)}\n`);
    return status.running || GOOD.has(status.state) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    out.write(`${given.project}: not taken\n${describeError(error.error)}\n`);
    return 1;
  }
}

async function ask(api: ProjectApi, given: ProjectArguments): Promise<void> {
  const { command, file, model, deployment, ignoreThresholds } = given;
  switch (command) {
    case "create":
      return await api.put(await readNamedFile(file, "Name the project file: --file FILE."));
    case "train":
      return await api.train({ modelLabel: model });
    case "deploy":
      return await api.deploy({
        modelLabel: model,
        deploymentName: deployment,
        ...(ignoreThresholds ? { ignoreThresholds } : {}),
      });
    case "renew":
      return await api.renew({ modelLabel: model, deploymentName: deployment });
    case "delete":
      return await api.remove({ model, deployment });
    case "status":
      return;
  }
}

async function watch(api: ProjectApi, out: Terminal, lookMs: number): Promise<Status> {
  const line = new ProgressLine(out);
  let missed = 0;
  for (;;) {
    const status = await api.status().catch((error: unknown) => {
      missed++;
      if (isPassing(error) && missed <= MOST_MISSED) return undefined;
      line.end();
      throw error;
    });
    if (status === undefined) {
      await pause(lookMs);
      continue;
    }
    missed = 0;
    line.show(describeProgress(status));
    if (!status.running) {
      line.end();
      return status;
    }
    await pause(lookMs);
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof UnreachableError || (error instanceof RefusedError && /^Http5/.test(error.error.code));
}
