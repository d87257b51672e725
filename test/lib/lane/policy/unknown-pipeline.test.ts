import { expect, it } from "vitest";
import type { LogEvent } from "../../../../src/lib/common/log.ts";
import { firstStep } from "../../../../src/lib/lane/lane.ts";
import { holdWithoutPipeline } from "../../../../src/lib/lane/policy/next-step.ts";

const NOW = Date.parse("2026-01-01T00:00:00Z");

it("a lane whose pipeline is gone keeps its step, says so each time, and looks again within the alert's window", () => {
  const events: LogEvent[] = [];
  let step = firstStep({ pipeline: "gone", lane: 2 });
  for (let look = 0; look < 20; look++) step = holdWithoutPipeline(step, NOW, (event) => void events.push(event));
  expect(step).toMatchObject({ action: "claim", afterSeconds: 900, status: { state: "blocked" } });
  expect(events).toHaveLength(20);
  expect(events.at(-1)).toMatchObject({
    event: "lane.blocked",
    pipeline: "gone",
    lane: 2,
    code: "PipelineNotConfigured",
    since: "2026-01-01T00:00:00.000Z",
  });
});
