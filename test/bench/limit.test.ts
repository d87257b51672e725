import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import type { Figure } from "../../bench/figure.ts";
import { tables } from "../../bench/table.ts";
import { type LanesRun, runLanes } from "../../bench/virtual/run-lanes.ts";
import { VirtualTime } from "../../bench/virtual/virtual-time.ts";
import { withBlocks } from "../../scripts/cost/cost-tables.ts";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

describe("lanes on virtual time", () => {
  it.each([2, 10, 60])("send full jobs of %i s and ask about them once or little more", async (jobSeconds) => {
    const run = await runLanes(new VirtualTime(), { documents: 500, jobSeconds });
    expect(run.jobs).toBe(20);
    expect(run.calls / run.jobs).toBeLessThanOrEqual(3.5);
  });
});

describe("a backlog of 10,000 at 100 calls a minute", () => {
  const ceiling = 50 * 25;
  const DOCUMENTS = 10_000;
  let run: LanesRun;
  beforeAll(async () => {
    const late = [0.25, 0.75, 1.5, 2, 3, 4, 5, 6, 7].map((atMinutes) => ({ atMinutes, documents: 1 }));
    run = await runLanes(new VirtualTime(), { documents: DOCUMENTS, jobSeconds: 10, limit: 100, late });
  }, 120_000);

  it("reaches 95 % of what two calls a job allow, with under 2 % of the calls refused", () => {
    const [from = 0, to = 0] = [0.2, 0.8].map((share) => run.ends[Math.floor(run.ends.length * share)]);
    expect((run.ends.length * 0.6) / (to - from) / ceiling).toBeGreaterThanOrEqual(0.95);
    expect(run.refused / run.calls).toBeLessThan(0.02);
  });

  it("sends no job more for the small drops beside it, and is over no later", () => {
    expect(run.jobs).toBe(DOCUMENTS / 25 + 1);
    expect(run.minutes).toBeLessThan((DOCUMENTS / ceiling) * 1.1);
  });

  it("holds up a document dropped beside it by a twentieth of its time, by a fifth while the limit is still learned", async () => {
    const late = [{ atMinutes: 1, documents: 1 }];
    const alone = await runLanes(new VirtualTime(), { documents: 0, jobSeconds: 10, limit: 100, late });
    const [without = 0] = alone.lateWaits;
    const heldUp = run.lateWaits.map((minutes) => (minutes - without) / run.minutes);
    expect(heldUp).toHaveLength(9);
    expect(Math.max(...heldUp)).toBeLessThan(1 / 5);
    expect(Math.max(...heldUp.slice(3))).toBeLessThan(1 / 20);
  });
});

describe("docs/performance.md", () => {
  it("says of every part of the bench what runs, and whose its figures are", () => {
    const [, parts = ""] = /PARTS: [^{]*\{([^}]*)\}/.exec(read("bench/parts.ts")) ?? [];
    const names = parts.match(/\w+/g) ?? [];
    expect(names).toContain("counts");
    const table = read("docs/performance.md")
      .split("\n")
      .filter((line) => line.startsWith("| `"));
    const told = table.flatMap((line) => line.split("|")[1]?.match(/\w+/g) ?? []);
    expect(names.toSorted()).toEqual(told.toSorted());
  });

  it("shows the figures of bench/results/latest.json", () => {
    const { figures } = JSON.parse(read("bench/results/latest.json")) as { figures: Figure[] };
    expect(figures.length).toBeGreaterThan(50);
    const page = read("docs/performance.md");
    expect(page).toBe(withBlocks(page, { "bench-figures": tables(figures) }));
  });
});
