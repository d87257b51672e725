import type { Task } from "../analysis.ts";
import type { JobError, TaskItem, TaskPointer } from "../generation.ts";

/**
 * Finds the item that answers each task. Names decide: a cancelled task may come back under another kind, and finished
 * tasks are listed alone while others run. Items without a name of ours go to the tasks of their kind in the order
 * asked, past those that are known to have failed where the items do not suffice for all.
 * @param failed indexes of the tasks that errors of the job point at
 * @returns one entry for each task, in the order asked
 */
export function matchItems(
  tasks: readonly Task[],
  items: readonly TaskItem[],
  failed: ReadonlySet<number>,
): (TaskItem | undefined)[] {
  const matched = tasks.map((task) => items.find(({ name }) => name === task.name));
  const unnamed = items.filter((item) => !matched.includes(item));
  // Items of no kind that we know go to what the others leave.
  const kinds = new Set(unnamed.flatMap((item) => item.kind ?? []));
  for (const kind of [...kinds, undefined]) {
    const candidates = unnamed.filter((item) => item.kind === kind);
    const open = tasks.flatMap((task, index) =>
      matched[index] === undefined && (kind === undefined || task.kind === kind) ? [index] : [],
    );
    const takers = candidates.length < open.length ? open.filter((index) => !failed.has(index)) : open;
    for (const [place, index] of takers.entries()) matched[index] = candidates[place];
  }
  return matched;
}

/** The first error that points at each task, by the task's index; the others concern the job as a whole. */
export function splitErrors(
  tasks: readonly Task[],
  errors: readonly JobError[],
): { byTask: ReadonlyMap<number, JobError["error"]>; job: JobError["error"][] } {
  const byTask = new Map<number, JobError["error"]>();
  const job: JobError["error"][] = [];
  for (const { error, task } of errors) {
    const index = task === undefined ? -1 : indexOf(tasks, task);
    if (index < 0) job.push(error);
    else if (!byTask.has(index)) byTask.set(index, error);
  }
  return { byTask, job };
}

function indexOf(tasks: readonly Task[], { index, kind }: TaskPointer): number {
  if (kind === undefined) return index < tasks.length ? index : -1;
  const ofKind = tasks.flatMap((task, place) => (task.kind === kind ? [place] : []));
  return ofKind[index] ?? -1;
}
