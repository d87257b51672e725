import { beforeAll, describe, expect, it } from "vitest";
import { type DyingLane, dyingLane, runToEnd } from "../../helpers/dying-lane.ts";
import { Fuse } from "../../helpers/fuse.ts";
import { LaneFixture } from "../../helpers/lane-fixture.ts";

const DOCUMENTS = 6;
/** Every eighth place keeps the run short; CRASH_EVERY=1 tries them all. */
const EVERY = Number(process.env.CRASH_EVERY ?? 8);

/** A lane with six documents waiting in two messages, of which one is empty and one has two chunks, in a process that can be killed. */
async function prepare(): Promise<DyingLane> {
  const fuse = new Fuse();
  const fixture = await LaneFixture.create({}, { fuse });
  const texts: [name: string, text: string][] = [
    ...Array.from({ length: DOCUMENTS - 2 }, (_, n): [string, string] => [`${n}.txt`, `text ${n}`]),
    ["empty.txt", ""],
    ["long.txt", "word ".repeat(30_000)],
  ];
  for (const [name, text] of texts) await fixture.drop(name, text, 0);
  await Promise.all(texts.map(([name]) => fixture.announce(name)));
  return dyingLane(fixture, fuse);
}

let effects: number;

beforeAll(async () => {
  const run = await prepare();
  run.fuse.set(Number.POSITIVE_INFINITY, false);
  await runToEnd(run);
  effects = run.fuse.effects;
});

describe("a process that dies at any moment", () => {
  it.each([
    ["before", false],
    ["after", true],
  ])(
    "%s any of its effects: each document ends in one place, is counted once, and is analysed once but for the one window",
    async (_, after) => {
      const places = Array.from({ length: effects }, (_unused, index) => index + 1).filter(
        (place) => place % EVERY === Number(after) % EVERY,
      );
      const broken: string[] = [];
      await Promise.all(
        [0, 1, 2, 3].map(async (worker) => {
          for (const place of places.filter((one) => one % 4 === worker)) {
            const run = await prepare();
            run.fuse.set(place, after);
            await runToEnd(run);
            broken.push(
              ...(await problems(run)).map(
                (problem) => `dead ${after ? "after" : "before"} effect ${place}: ${problem}`,
              ),
            );
          }
        }),
      );
      expect(broken).toEqual([]);
      expect(effects).toBeGreaterThan(60);
    },
    300_000,
  );
});

async function problems({ fixture }: DyingLane): Promise<string[]> {
  const found: string[] = [];
  const results = await fixture.results();
  const failures = await fixture.failures();
  if (results.length !== DOCUMENTS - 1) found.push(`${results.length} results`);
  if (failures.join() !== "tickets/empty.txt.json") found.push(`failures: ${failures.join()}`);
  const file = await fixture.file();
  const counted = file.totals.succeeded;
  if (counted !== DOCUMENTS - 1) found.push(`${counted} counted as succeeded`);
  if (file.totals.failed !== 1) found.push(`${file.totals.failed} counted as failed`);
  if (file.batch !== undefined) found.push("a batch is still in hand");
  for await (const { name } of fixture.containers.work.listBlobsFlat({ prefix: "batches/" }))
    found.push(`left: ${name}`);
  const most = Math.max(...fixture.language.timesSent.values());
  if (most > 2) found.push(`a text was sent ${most} times`);
  const jobs = fixture.language.submitted.length;
  if (jobs > 3) found.push(`${jobs} jobs were sent`);
  return found;
}
