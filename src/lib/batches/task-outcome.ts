import type { DocumentAnswer, ServiceError, TaskAnswer } from "../language/analysis.ts";

/** What one task said about one chunk, or why it said nothing. */
export interface TaskOutcome {
  task: string;
  status: TaskAnswer["status"];
  about: Record<string, unknown>;
  answer?: DocumentAnswer | undefined;
  error?: ServiceError | undefined;
}
