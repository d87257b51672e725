import { expect, test } from "vitest";
import { VirtualClock } from "../src/clock.ts";
import { advance, advanceUntil, runToIdle } from "../src/testing.ts";

const engine = { idle: async () => undefined };

function clockWith(times: number[]): { clock: VirtualClock; fired: number[] } {
  const clock = new VirtualClock(0);
  const fired: number[] = [];
  for (const time of times) clock.schedule(time, () => fired.push(time));
  return { clock, fired };
}

test("advance lets happen what is due, up to and with the last moment", async () => {
  const { clock, fired } = clockWith([5, 10, 11]);
  clock.schedule(10, () => clock.schedule(10, () => fired.push(10.5)));
  await advance(engine, clock, 10);
  expect(fired).toEqual([5, 10, 10.5]);
  expect(clock.now()).toBe(10);
});

test("advanceUntil stops as soon as the condition holds, and refuses to wait for ever", async () => {
  const { clock, fired } = clockWith([1, 2, 3]);
  await advanceUntil(engine, clock, () => fired.length === 2);
  expect(clock.now()).toBe(2);
  await expect(advanceUntil(engine, clock, () => false)).rejects.toThrow("no timer is set");
});

test("runToIdle runs all there is", async () => {
  const { clock, fired } = clockWith([3, 1, 2]);
  await runToIdle(engine, clock);
  expect(fired).toEqual([1, 2, 3]);
});
