import { classifyServiceError } from "../language/errors/classify-service-error.ts";
import type { Ticket } from "./progress.ts";
import { answeringTasks, type TaskOutcome } from "./task-outcome.ts";

/** The service finds out the language of each text: what it does not know is that text's own. */
const DETECTED = "auto";

/**
 * Puts the blame for an unsupported language where it belongs: when the pipeline set it and a task took no text at all in
 * it, it is the setting, which no other document would fare better with. The lane then waits, as for any wrong setting.
 */
export function blameLanguageSetting(
  chunks: Record<string, TaskOutcome[]>,
  { language }: Pick<Ticket, "language">,
): Record<string, TaskOutcome[]> {
  if (!language || language === DETECTED) return chunks;
  const answered = answeringTasks(chunks);
  const blame = (outcome: TaskOutcome): TaskOutcome => {
    const { task, error } = outcome;
    if (error === undefined || answered.has(task)) return outcome;
    const { code, message } = classifyServiceError(error);
    if (code !== "UnsupportedLanguageCode") return outcome;
    const words = `Task "${task}" does not take the language of the pipeline, "${language}": ${message}`;
    return { ...outcome, error: { code: "UnsupportedPipelineLanguage", message: words } };
  };
  return Object.fromEntries(Object.entries(chunks).map(([chunk, all]) => [chunk, all.map(blame)]));
}
