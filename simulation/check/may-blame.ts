import type { Plan } from "../plan/fault.ts";
import { BLAMES_DOCUMENTS } from "../plan/make-faults.ts";

/** Whether something in a run may make documents fail that are well. */
export function mayBlame({ faults }: Plan): boolean {
  return faults.some(
    (fault) => (fault.kind === "scenario" && BLAMES_DOCUMENTS.has(fault.name)) || fault.kind === "textsDeleted",
  );
}
