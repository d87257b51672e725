import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { PROMISES } from "../../simulation/check/violation.ts";
import { PLANTED_BUGS } from "../../simulation/planted/bugs.ts";
import { MOST_SEEDS } from "../../simulation/planted/find-bugs.ts";
import type { Reliability } from "../../simulation/run/reliability.ts";
import { figuresOf } from "../../simulation/run/report.ts";
import { SeedRunner } from "../../simulation/run/seed-runner.ts";

const run = promisify(execFile);
const page = readFileSync("docs/reliability.md", "utf8");

/** The command, as anybody runs it. */
async function simulate(...args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, ["simulation/main.ts", ...args], { maxBuffer: 1e8 }).catch(
    (error: { stdout?: string; stderr?: string }) => ({ stdout: `${error.stdout}\n${error.stderr}` }),
  );
  return stdout;
}

describe("the simulation", () => {
  it("breaks no promise in 300 seeds", { timeout: 600_000 }, async () => {
    expect(await simulate("--seeds", "300")).toContain("violations: 0");
  });

  it("breaks none in what once broke one, each shortened to what mattered", { timeout: 120_000 }, async () => {
    const judged = (await simulate("--found")).trim().split("\n");
    expect(judged.length).toBeGreaterThan(0);
    expect(judged.filter((line) => !line.endsWith("breaks no promise"))).toEqual([]);
  });

  describe("a seed", () => {
    const runners: SeedRunner[] = [];
    afterAll(() => Promise.all(runners.map((runner) => runner.stop())));
    const runner = (...args: ConstructorParameters<typeof SeedRunner>): SeedRunner => {
      const made = new SeedRunner(...args);
      runners.push(made);
      return made;
    };

    it("runs in the same way each time, whatever ran before it", { timeout: 120_000 }, async () => {
      const one = runner();
      const first = await one.run(4);
      await one.run(5);
      expect(await one.run(4)).toEqual(first);
      expect(await runner().run(4)).toEqual(first);
    });

    it.each([
      "a poll that fails on the way sends the job again",
      "two messages of one document make it two in a batch",
    ])("finds: %s", { timeout: 120_000 }, async (name) => {
      const planted = runner(PLANTED_BUGS.find((each) => each.name === name)?.patches);
      let found = 0;
      for (let seed = 1; seed <= 20 && found === 0; seed++) found = (await planted.run(seed)).violations.length;
      expect(found).toBeGreaterThan(0);
    });

    it("is not run with a planted bug that fits nowhere", { timeout: 60_000 }, async () => {
      const planted = runner([{ file: "src/lib/app.ts", search: "no such words", replace: "" }]);
      await expect(planted.run(1)).rejects.toThrow("src/lib/app.ts has 0 places");
    });
  });
});

describe("docs/reliability.md", () => {
  const rows = [...page.matchAll(/^\| ([^|]+) \| (\d+) \| (\w+) \|$/gm)].map(([, bug, seed, promise]) => {
    return { bug, seed: Number(seed), promise };
  });

  it("tells of each planted bug, at least 35, which seed finds it and which promise it breaks", () => {
    expect(rows.map(({ bug }) => bug).sort()).toEqual(PLANTED_BUGS.map(({ name }) => name).sort());
    expect(rows.length).toBeGreaterThanOrEqual(35);
    for (const { seed, promise } of rows) {
      expect(seed).toBeLessThanOrEqual(MOST_SEEDS);
      expect(Object.keys(PROMISES)).toContain(promise);
    }
  });

  it("names each promise", () => {
    for (const [key, words] of Object.entries(PROMISES)) expect(page).toContain(`| \`${key}\` | ${words} |`);
  });

  it("has the figures of docs/reliability.json, in which no promise was broken", () => {
    const figures = JSON.parse(readFileSync("docs/reliability.json", "utf8")) as Reliability;
    expect(figures.violations).toBe(0);
    expect(page).toContain(figuresOf(figures));
    expect(Object.keys(figures.faults).length).toBeGreaterThan(25);
  });
});
