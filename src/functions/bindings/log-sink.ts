import type { InvocationContext } from "@azure/functions";
import type { EventLog } from "../../lib/common/log.ts";

/** Events that an operator should not have to look for. */
const WARNINGS: ReadonlySet<string> = new Set([
  "intake.unmatched",
  "message.foreign",
  "document.failed",
  "record.refused",
  "job.lost",
  "lane.blocked",
  "lane.failing",
  "project.held",
]);

/** Writes events as one JSON line each into the invocation's log. */
export function eventSink(context: Pick<InvocationContext, "info" | "warn">): EventLog {
  return (event) => {
    const line = JSON.stringify(event);
    if (WARNINGS.has(event.event)) context.warn(line);
    else context.info(line);
  };
}
