import { afterEach, expect, test } from "vitest";
import { PollLoop } from "../src/poll-loop.ts";

const never = 1_000_000;
let loop: PollLoop;
afterEach(() => loop.stop());

function loopOver(pass: () => Promise<boolean>, longestWait = never): PollLoop {
  loop = new PollLoop({ pass, shortestWait: longestWait, longestWait, onError: (error) => errors.push(error) });
  loop.start();
  return loop;
}
const errors: unknown[] = [];

test("looks again at once while it finds something", async () => {
  let passes = 0;
  loopOver(async () => ++passes < 5);
  await expect.poll(() => passes).toBe(5);
  expect(await loop.lookNow()).toBe(false);
  expect(passes).toBe(6);
});

test("a look asked for during another one is a new one", async () => {
  let passes = 0;
  const gate = Promise.withResolvers<void>();
  loopOver(async () => {
    passes++;
    if (passes === 1) await gate.promise;
    return passes === 2;
  });
  const looked = loop.lookNow();
  gate.resolve();
  expect(await looked).toBe(true);
});

test("being woken during a look is not forgotten", async () => {
  let passes = 0;
  const gate = Promise.withResolvers<void>();
  loopOver(async () => {
    passes++;
    if (passes === 1) await gate.promise;
    return false;
  });
  loop.wake();
  gate.resolve();
  await expect.poll(() => passes).toBe(2);
});

test("an error is told and ends nothing", async () => {
  let passes = 0;
  loopOver(async () => {
    if (++passes === 1) throw new Error("storage is away");
    return false;
  });
  expect(await loop.lookNow()).toBe(false);
  expect(errors).toEqual([new Error("storage is away")]);
});

test("stopping lets the look under way end and answers who waits", async () => {
  const gate = Promise.withResolvers<void>();
  let ended = false;
  loopOver(async () => {
    await gate.promise;
    ended = true;
    return true;
  });
  const waiting = loop.lookNow();
  const stopped = loop.stop();
  gate.resolve();
  await stopped;
  expect([ended, await waiting, await loop.lookNow()]).toEqual([true, expect.any(Boolean), false]);
});

test("looking takes no more than its share of the time", async () => {
  const starts: number[] = [];
  let took = 0;
  loop = new PollLoop({
    pass: async () => {
      starts.push(performance.now());
      await new Promise((resolve) => setTimeout(resolve, 30));
      took = 30;
      return true;
    },
    eager: false,
    rest: () => 3 * took,
    shortestWait: 1,
    longestWait: 1,
    onError: () => {},
  });
  loop.start();
  await expect.poll(() => starts.length).toBeGreaterThan(2);
  expect((starts[1] ?? 0) - (starts[0] ?? 0)).toBeGreaterThan(110);
});
