import { expect, it } from "vitest";
import { LaneFixture } from "../../helpers/lane-fixture.ts";

const DAY_MS = 24 * 60 * 60_000;

it("a pipeline that has sent its text records of a day waits for the next, and says so", async () => {
  const fixture = await LaneFixture.create({ maxTextRecordsPerDay: 60 });
  for (let n = 0; n < 70; n++) await fixture.drop(`${n}.txt`, `text ${n}`);
  const held = await fixture.run((next) => next.status.state === "blocked");
  expect(held.status.reason).toMatchObject({
    code: "DailyLimitReached",
    message: expect.stringMatching(
      /"tickets" has sent 50 of at most 60 text records .* next job would be billed as 20/,
    ),
    hint: expect.stringContaining("maxTextRecordsPerDay"),
  });
  const polled = await fixture.step(held);
  const later = await fixture.step(polled);
  expect(later.status.state).toBe("blocked");
  expect(await fixture.results()).toHaveLength(50);
  fixture.skippedMs += DAY_MS;
  await fixture.finish(later);
  expect(await fixture.results()).toHaveLength(70);
  expect(await fixture.failures()).toEqual([]);
  expect(new Set(fixture.language.timesSent.values())).toEqual(new Set([1]));
});

it("a limit of the app counts for every pipeline without its own, and the first job of a day is always sent", async () => {
  const fixture = await LaneFixture.create();
  fixture.limits = { ...fixture.limits, maxTextRecordsPerDay: 1 };
  for (let n = 0; n < 30; n++) await fixture.drop(`${n}.txt`, `text ${n}`);
  await fixture.run((next) => next.status.state === "blocked");
  expect(fixture.language.submitted.map(({ documents }) => documents.length)).toEqual([25]);
});
