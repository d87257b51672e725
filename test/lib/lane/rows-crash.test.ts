import { beforeAll, describe, expect, it } from "vitest";
import { type DyingLane, dyingLane, runToEnd } from "../../helpers/dying-lane.ts";
import { Fuse } from "../../helpers/fuse.ts";
import { linesOf, prepare, rowBlobs, settle, summaryOf, table } from "./rows-fixture.ts";
import { stringify } from "./rows-stringify.ts";

/** A few places keep the run short; CRASH_EVERY=1 tries them all. */
const EVERY = Number(process.env.CRASH_EVERY ?? 47);

/** A file that has ended and is dropped again, with a row that changed, a new one, a bad one and one that went. */
async function begin(): Promise<DyingLane> {
  const fuse = new Fuse();
  const fixture = await prepare({ rowsPerPart: 3 }, fuse);
  fuse.set(Number.POSITIVE_INFINITY, false);
  await fixture.drop("a.csv", stringify(table(7)));
  await settle(fixture);
  const rows = [...table(7).slice(1), ["new", "a new text"], ["", ""], ["bad", ""]] as [string, string][];
  rows[2] = ["r3", "another text"];
  await fixture.drop("a.csv", stringify(rows));
  return dyingLane(fixture, fuse);
}

/** All that stands of the file, but for what the service made up: ids and times of jobs. */
async function ending({ fixture }: DyingLane): Promise<unknown> {
  const summary = await summaryOf(fixture, "a.csv");
  const { completedAt: _at, ...head } = summary;
  const lines = [...(await linesOf(fixture, "a.csv")), ...(await linesOf(fixture, "a.csv", "failures"))];
  const standing = [...(await fixture.results()), ...(await fixture.failures())];
  const own = (text: string) =>
    text
      .replaceAll(summary.rows.run, "run")
      .replaceAll(summary.document.etag.replaceAll('"', '\\"'), "etag")
      .replaceAll(/(?<="lastModified":")[^"]*|t[0-9a-f]{16}-/g, "");
  return JSON.parse(
    own(
      JSON.stringify({
        head,
        lines: lines.map(({ jobs: _jobs, completedAt: _end, failedAt: _fail, ...line }) => line),
        standing: standing.sort(),
        left: [...(await fixture.workBlobs()), ...(await rowBlobs(fixture))],
        most: Math.max(...fixture.language.timesSent.values()) > 2,
      }),
    ),
  );
}

let effects: number;
let expected: unknown;

beforeAll(async () => {
  const run = await begin();
  run.fuse.set(Number.POSITIVE_INFINITY, false);
  await runToEnd(run);
  effects = run.fuse.effects;
  expected = await ending(run);
});

describe("a process that dies at any moment while a file of rows is under way", () => {
  it("leaves, whichever it was, work that ends in the same rows, the same summary and nothing else", async () => {
    expect(expected).toMatchObject({ head: { rows: { total: 8, succeeded: 7, unchanged: 5, failed: 1 } }, left: [] });
    expect(effects).toBeGreaterThan(80);
    const places = Array.from({ length: effects * 2 }, (_, index) => ({
      place: (index >> 1) + 1,
      after: index % 2 === 1,
    }));
    const chosen = places.filter((_, index) => index % EVERY === EVERY - 1);
    const broken: string[] = [];
    await Promise.all(
      [0, 1, 2, 3].map(async (worker) => {
        for (const { place, after } of chosen.filter((_, index) => index % 4 === worker)) {
          const run = await begin();
          run.fuse.set(place, after);
          await runToEnd(run);
          const found = await ending(run).catch(String);
          if (JSON.stringify(found) !== JSON.stringify(expected))
            broken.push(`dead ${after ? "after" : "before"} effect ${place}: ${JSON.stringify(found)}`);
        }
      }),
    );
    expect(broken).toEqual([]);
  }, 300_000);
});
