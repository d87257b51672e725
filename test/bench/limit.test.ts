import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Figure } from "../../bench/figure.ts";
import { tables } from "../../bench/table.ts";
import { runLanes } from "../../bench/virtual/run-lanes.ts";
import { VirtualTime } from "../../bench/virtual/virtual-time.ts";
import { withBlocks } from "../../scripts/cost/cost-tables.ts";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

describe("lanes on virtual time", () => {
  it.each([2, 10, 60])("send full jobs of %i s and ask about them once or little more", async (jobSeconds) => {
    const run = await runLanes(new VirtualTime(), { documents: 500, jobSeconds });
    expect(run.jobs).toBe(20);
    expect(run.calls / run.jobs).toBeLessThanOrEqual(3.5);
  });

  it("reach 95 % of what two calls a job allow under a limit, with under 2 % of the calls refused", async () => {
    const ceiling = 50 * 25;
    const run = await runLanes(new VirtualTime(), { documents: ceiling * 8, jobSeconds: 10, limit: 100 });
    const [from = 0, to = 0] = [0.2, 0.8].map((share) => run.ends[Math.floor(run.ends.length * share)]);
    expect((run.ends.length * 0.6) / (to - from) / ceiling).toBeGreaterThanOrEqual(0.95);
    expect(run.refused / run.calls).toBeLessThan(0.02);
  });
});

describe("docs/performance.md", () => {
  it("shows the figures of bench/results/latest.json", () => {
    const { figures } = JSON.parse(read("bench/results/latest.json")) as { figures: Figure[] };
    expect(figures.length).toBeGreaterThan(50);
    const page = read("docs/performance.md");
    expect(page).toBe(withBlocks(page, { "bench-figures": tables(figures) }));
  });
});
