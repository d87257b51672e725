import type { InvocationContext } from "@azure/functions";
import { describeError, type EventLog } from "../../lib/common/log.ts";
import { measureEvent } from "../../lib/common/metrics.ts";
import { SettingsError } from "../../lib/common/problems.ts";

/** Events that an operator should not have to look for. */
const WARNINGS: ReadonlySet<string> = new Set([
  "intake.unmatched",
  "intake.foreign",
  "lane.unopened",
  "lane.restarted",
  "message.foreign",
  "document.failed",
  "record.refused",
  "job.lost",
  "job.sentAgain",
  "lane.blocked",
  "lane.failing",
  "project.held",
]);

/** Writes events as one JSON line each into the invocation's log. */
export function eventSink(context: Pick<InvocationContext, "info" | "warn">): EventLog {
  return (event) => {
    measureEvent(event);
    const line = JSON.stringify(event);
    if (WARNINGS.has(event.event)) context.warn(line);
    else context.info(line);
  };
}

/** Tells in one line that the app cannot work yet. There is no invocation whose log it could go into: the host logs errors of this process as errors. */
export function reportStart(error: unknown): void {
  const what = error instanceof SettingsError ? error.message : describeError(error);
  process.stderr.write(`The app cannot work: ${what} (GET /api/health lists what is wrong)\n`);
}
