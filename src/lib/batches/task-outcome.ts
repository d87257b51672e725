import type { DocumentAnswer, ServiceError, TaskAnswer } from "../language/analysis.ts";

/** What one task said about one chunk, or why it said nothing. */
export interface TaskOutcome {
  task: string;
  status: TaskAnswer["status"];
  about: Record<string, unknown>;
  answer?: DocumentAnswer | undefined;
  error?: ServiceError | undefined;
}

/** The tasks that answered about one chunk of a job or more. */
export function answeringTasks(chunks: Record<string, TaskOutcome[]>): ReadonlySet<string> {
  const answers = Object.values(chunks)
    .flat()
    .filter(({ error }) => error === undefined);
  return new Set(answers.map(({ task }) => task));
}
