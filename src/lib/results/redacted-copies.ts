import { recordName } from "../documents/document.ts";
import type { ResultFile, TaskResult } from "./record.ts";
import type { Sidecar } from "./sidecar.ts";

/** A result and the files that stand beside it. */
export interface ResultWithCopies {
  record: ResultFile;
  sidecars: readonly Sidecar[];
}

/**
 * The redacted texts of a result as files of their own, `….redacted.txt`, named in the tasks that made them. Where
 * several tasks redact, each file has its task's name: the texts differ. A task that failed has no copy.
 * @param container of the results, for the name in the record
 */
export function redactedCopies(record: ResultFile, container: string): ResultWithCopies {
  const redacted = record.tasks.flatMap((task) => {
    const text = redactedText(task);
    return text === undefined ? [] : [{ task: task.name, text }];
  });
  const redacting = record.tasks.filter(({ kind }) => kind === "PiiEntityRecognition");
  const suffixOf = (task: string): string => (redacting.length > 1 ? `${task}.redacted.txt` : "redacted.txt");
  const tasks = record.tasks.map((task) => {
    if (redactedText(task) === undefined) return task;
    const name = recordName(record.pipeline, record.document.name, suffixOf(task.name));
    return { ...task, redactedCopy: `${container}/${name}` };
  });
  const sidecars = redacted.map(({ task, text }) => ({ suffix: suffixOf(task), text }));
  return { record: { ...record, tasks }, sidecars };
}

function redactedText({ kind, redactedText: text }: TaskResult): string | undefined {
  return kind === "PiiEntityRecognition" && typeof text === "string" ? text : undefined;
}
