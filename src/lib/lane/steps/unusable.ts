import { LanguageError } from "../../language/errors/language-error.ts";
import { readFacts, writeText } from "../../storage/blobs.ts";
import type { LaneSession } from "../lane-session.ts";
import type { Interruption } from "../policy/next-step.ts";
import { type BatchJob, prepareAgain } from "../store/batch-progress.ts";
import { workNames } from "../store/names.ts";

/**
 * Puts a job aside that the service has taken, and will be paid for, and whose answer nobody can read. It is never sent
 * again by itself: a blob in the work container tells of it, and whoever deletes that blob has it sent again.
 */
export async function setAside(session: LaneSession, job: BatchJob, error: LanguageError): Promise<void> {
  const { context, batch } = session;
  const { code, message, hint } = error;
  if (job.unusable === undefined) {
    const { jobId, endpoint, submittedAt } = job.ticket ?? {};
    const told = { code, message, jobId, endpoint, submittedAt, documents: job.chunks.length };
    await writeText(context.containers.work, workNames.unusable(batch.id, job.id), JSON.stringify(told, null, 2));
  }
  job.state = "open";
  job.unusable = { code, message, hint };
}

/** True for an error about an answer that was no refusal. */
export function isSuccess({ status }: LanguageError): boolean {
  return status !== undefined && status >= 200 && status < 300;
}

/** True when somebody decided to have the job sent again, and to pay for it again. */
export async function isReleased(session: LaneSession, job: BatchJob): Promise<boolean> {
  const { context, batch } = session;
  const isThere = await readFacts(context.containers.work, workNames.unusable(batch.id, job.id));
  if (isThere !== undefined) return false;
  prepareAgain(job);
  return true;
}

/** Why the lane waits for a job that was put aside. */
export function asideInterruption({ batch, context }: LaneSession, job: BatchJob): Interruption {
  const { code = "Unreadable", message = "", hint = "" } = job.unusable ?? {};
  const blob = `${context.containers.work.containerName}/${workNames.unusable(batch.id, job.id)}`;
  const error = new LanguageError({
    class: "blocked",
    code,
    message: `${message}. Its ${job.chunks.length} texts are not sent again by themselves, since they are paid for`,
    hint: `${hint} To have them sent and paid again, delete the blob ${blob}.`,
  });
  return { kind: "blocked", error, until: "polled" };
}
