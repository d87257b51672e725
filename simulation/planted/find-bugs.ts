import { SeedRunner } from "../run/seed-runner.ts";
import type { PlantedBug } from "./planted-bug.ts";

/** Which seed finds a planted bug, and by which promise; undefined: none of those that were tried. */
export interface Finding {
  bug: string;
  found: { seed: number; promise: string } | undefined;
}

/** Each bug has so many seeds to be found in. */
export const MOST_SEEDS = 1_000;

/** Looks for planted bugs, each with the seeds from 1 on. */
export async function findBugs(
  bugs: readonly PlantedBug[],
  { threads, mostSeeds = MOST_SEEDS, first = 1 }: { threads: number; mostSeeds?: number; first?: number },
  told: (finding: Finding) => void,
): Promise<void> {
  const waiting = bugs[Symbol.iterator]();
  await Promise.all(
    Array.from({ length: threads }, async () => {
      for (let next = waiting.next(); !next.done; next = waiting.next()) told(await find(next.value, first, mostSeeds));
    }),
  );
}

async function find(bug: PlantedBug, first: number, mostSeeds: number): Promise<Finding> {
  const runner = new SeedRunner(bug.patches);
  try {
    for (let seed = first; seed < first + mostSeeds; seed++) {
      const [violation] = (await runner.run(seed)).violations;
      if (violation !== undefined) return { bug: bug.name, found: { seed, promise: violation.promise } };
    }
    return { bug: bug.name, found: undefined };
  } finally {
    await runner.stop();
  }
}
