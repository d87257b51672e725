import type { FailureFile } from "./failure-file.ts";
import type { ResultFile } from "./result-file.ts";

/** The bytes of a record, as text: indented, since people open these files. */
export function stringifyRecord(record: ResultFile | FailureFile): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}
