import type { TaskKind } from "../language/analysis.ts";

/** A task without a name is called by its kind in camelCase. */
export function defaultTaskName(kind: TaskKind): string {
  return `${kind.charAt(0).toLowerCase()}${kind.slice(1)}`;
}
