import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JobPacker } from "../../../../src/lib/lane/policy/job-packer.ts";

const limits = { documents: 25, textElements: 125_000, bodyBytes: 900_000 };

interface Item {
  id: number;
  textElements: number;
  bodyBytes: number;
}

function pack(items: readonly Item[]): Item[][] {
  const packer = new JobPacker<Item>(limits);
  const jobs = items.flatMap((item) => packer.add(item));
  return [...jobs, ...packer.flush()];
}

const sum = (job: readonly Item[], key: "textElements" | "bodyBytes"): number =>
  job.reduce((total, item) => total + item[key], 0);

describe("JobPacker", () => {
  it("keeps every item once and no job over a limit, whatever comes", () => {
    const item = fc.record({
      textElements: fc.integer({ min: 0, max: limits.textElements }),
      bodyBytes: fc.integer({ min: 2, max: limits.bodyBytes }),
    });
    fc.assert(
      fc.property(fc.array(item, { maxLength: 300 }), (sizes) => {
        const items = sizes.map((size, id) => ({ id, ...size }));
        const jobs = pack(items);
        expect(
          jobs
            .flat()
            .map(({ id }) => id)
            .sort((a, b) => a - b),
        ).toEqual(items.map(({ id }) => id));
        for (const job of jobs) {
          expect(job.length).toBeGreaterThan(0);
          expect(job.length).toBeLessThanOrEqual(limits.documents);
          expect(sum(job, "textElements")).toBeLessThanOrEqual(limits.textElements);
          expect(sum(job, "bodyBytes")).toBeLessThanOrEqual(limits.bodyBytes);
        }
      }),
    );
  });

  it("fills jobs of small documents to the last place, in order", () => {
    const items = Array.from({ length: 110 }, (_, id) => ({ id, textElements: 300, bodyBytes: 320 }));
    const jobs = pack(items);
    expect(jobs.map((job) => job.length)).toEqual([25, 25, 25, 25, 10]);
    expect(jobs.flat().map(({ id }) => id)).toEqual(items.map(({ id }) => id));
  });

  it("puts small documents beside large ones instead of opening a job for each", () => {
    const sizes = [100_000, 90_000, 20_000, 30_000, 5_000, 5_000];
    const jobs = pack(sizes.map((textElements, id) => ({ id, textElements, bodyBytes: textElements })));
    expect(jobs).toHaveLength(2);
    expect(jobs.map((job) => sum(job, "textElements")).sort()).toEqual([125_000, 125_000]);
  });

  it("refuses an item that fits no job, with its size", () => {
    const packer = new JobPacker<Item>(limits);
    expect(() => packer.add({ id: 0, textElements: 125_001, bodyBytes: 10 })).toThrow(/125001 text elements/);
  });
});
