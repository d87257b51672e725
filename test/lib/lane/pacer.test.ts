import { beforeEach, describe, expect, it } from "vitest";
import { VirtualTime } from "../../../bench/virtual/virtual-time.ts";
import type { Turn } from "../../../src/lib/lane/lane.ts";
import { type Caller, Pacer } from "../../../src/lib/lane/pacer.ts";
import type { Operation } from "../../../src/lib/lane/policy/pace.ts";
import { paceFile } from "../../../src/lib/lane/store/pace-file.ts";
import { laneStorage } from "../../helpers/lane-storage.ts";

const ONE = "https://one.test";
const TWO = "https://two.test";
const caller: Caller = { pipeline: "tickets", endpoints: [ONE], features: ["KeyPhraseExtraction"] };
const both: Caller = { ...caller, endpoints: [ONE, TWO] };
const REASON = { code: "QuotaExceeded", message: "Out of call volume quota", hint: "Wait." };

let time: VirtualTime;
let work: ReturnType<ReturnType<typeof laneStorage>["blobs"]["getContainerClient"]>;

beforeEach(async () => {
  time = new VirtualTime();
  work = laneStorage(time.now).blobs.getContainerClient("work");
  await work.createIfNotExists();
});

/** A process; its clock may be wrong. */
function process(skewMs = 0): Pacer {
  return new Pacer(work, { now: () => time.now() + skewMs, pause: time.sleep });
}

async function reserve(pacer: Pacer, calls = 4, operation: Operation = "submit", who = caller): Promise<Turn> {
  return pacer.turn(who, { operation, calls });
}

/** A resource that has refused a call a while ago, so that its pace stands still for two minutes. */
async function settle(pacer: Pacer): Promise<number> {
  const turn = await reserve(pacer, 1);
  await pacer.slowDown(caller, turn, 0);
  const [{ jobsPerMinute } = { jobsPerMinute: 0 }] = await pacer.flows(caller);
  return jobsPerMinute;
}

/** Lanes that call as soon as they may, in several processes, until some time; when the calls were made, in earnest. */
async function callAway(pacers: readonly Pacer[], lanes: number, seconds: number): Promise<number[]> {
  const until = time.now() + seconds * 1_000;
  const made: number[] = [];
  let working = pacers.length * lanes;
  const lane = async (pacer: Pacer): Promise<void> => {
    let kept: Turn | undefined;
    while (time.now() < until) {
      let turn = await pacer.turn(caller, { operation: "submit", calls: 3 }, kept);
      kept = undefined;
      while (turn.calls > 0 && time.now() < until) {
        const left = await pacer.next(caller, turn);
        if (left === undefined) {
          kept = turn;
          await time.sleep(1_000);
          break;
        }
        made.push(time.now());
        turn = left;
      }
    }
    working--;
  };
  for (const pacer of pacers) for (let n = 0; n < lanes; n++) time.spawn(() => lane(pacer));
  await time.pass(() => working === 0);
  return made.toSorted((a, b) => a - b);
}

/** By how many calls a window of any length had more than the pace allows, with so much time to catch up. */
function excess(made: readonly number[], jobsPerMinute: number, slackMs: number): number {
  const over = made.flatMap((from, first) =>
    made.slice(first).map((to, count) => count + 1 - (1 + ((to - from + slackMs) * jobsPerMinute) / 60_000)),
  );
  return Math.max(...over);
}

describe("lanes of several processes", () => {
  it.each([
    ["whose clocks agree", [0, 0]],
    ["one of whose clocks is three seconds fast", [0, 3_000]],
    ["whose clocks are five seconds apart", [-2_500, 2_500]],
  ])("%s share one pace: never more in any window, and hardly less", async (_, skews) => {
    const pacers = skews.map(process);
    const jobsPerMinute = await settle(pacers[0] ?? process());
    const made = await callAway(pacers, 3, 60);
    const apartMs = Math.max(...skews) - Math.min(...skews);
    expect(excess(made, jobsPerMinute, 3_000 + apartMs)).toBeLessThanOrEqual(0.001);
    expect(made.length).toBeGreaterThan(jobsPerMinute * 0.95);
  });

  it("reserve other calls each, though they write at the same time", async () => {
    const pacers = [process(), process(), process()];
    await settle(pacers[0] ?? process());
    await Promise.all(pacers.map((pacer) => pacer.waitSeconds(caller))); // each knows the same version of the file
    const turns = await Promise.all([...pacers, ...pacers].map((pacer) => reserve(pacer, 4)));
    const starts = turns.map(({ at }) => at).toSorted((a, b) => a - b);
    const [{ everyMs, calls } = { everyMs: 0, calls: 0 }] = turns;
    for (const [n, at] of starts.entries()) expect(at).toBeCloseTo((starts[0] ?? 0) + n * everyMs * calls, 3);
  });

  it("learn from each other how long jobs take, what was refused, and what was taken", async () => {
    const [one, other] = [process(), process()];
    one.learn(caller, ONE, 42);
    await one.accepted(caller, await reserve(one));
    await one.slowDown(caller, await reserve(one), 30);
    await other.waitSeconds(caller);
    expect(other.jobSeconds(caller, ONE)).toBe(42);
    expect(await other.waitSeconds(caller)).toBe(30);
    const { value } = await paceFile(work, ONE).read();
    expect(value.features.KeyPhraseExtraction?.recent).toEqual([expect.objectContaining({ submit: 1 })]);
    expect(await other.flows(caller)).toEqual([{ jobsPerMinute: 75, jobSeconds: 42 }]);
  });

  it("are not held up by what a process that died had reserved, once its time has passed", async () => {
    await settle(process());
    const dead = await reserve(process(), 100);
    const pacer = process();
    const behind = await pacer.waitSeconds(caller);
    expect(behind).toBeCloseTo((dead.everyMs * 100 + dead.at - time.now()) / 1_000, 3);
    let isOver = false;
    time.spawn(async () => {
      await time.sleep(behind * 1_000);
      isOver = (await pacer.waitSeconds(caller)) === 0;
    });
    await time.pass(() => isOver);
    expect((await reserve(pacer, 1)).at).toBeLessThanOrEqual(time.now());
  });
});

describe("a turn", () => {
  it("that a lane has waited for stands, and is not reserved twice", async () => {
    const pacer = process();
    const kept = await reserve(pacer);
    expect(await pacer.turn(caller, { operation: "submit", calls: 4 }, kept)).toBe(kept);
    expect((await reserve(pacer)).at).toBeCloseTo(kept.at + kept.everyMs * 4, 3);
  });

  it("is lost to a refusal of others, and reserved anew for after it", async () => {
    const pacer = process();
    const kept = await reserve(pacer);
    await process().slowDown(caller, kept, 30);
    let refused: Turn | undefined;
    time.spawn(async () => {
      await time.sleep(4_000);
      expect(await pacer.next(caller, kept)).toBeDefined();
      refused = await pacer.turn(caller, { operation: "submit", calls: 4 }, kept);
    });
    await time.pass(() => refused !== undefined);
    expect(refused?.at).toBe(time.now() + 26_000);
  });

  it("of a pipeline with several kinds of tasks waits for the slowest of them", async () => {
    const pacer = process();
    const two = { ...caller, features: ["KeyPhraseExtraction", "EntityRecognition"] };
    await pacer.slowDown({ ...caller, features: ["EntityRecognition"] }, await reserve(pacer), 20);
    expect((await reserve(pacer, 1)).at).toBeLessThan(time.now() + 5_000);
    expect((await reserve(pacer, 1, "submit", two)).at).toBe(time.now() + 20_000);
  });
});

describe("of several resources", () => {
  it("one that refuses jobs for another reason than its limit is passed over, tried by one lane, and then for longer", async () => {
    const pacer = process();
    await pacer.avoid(both, ONE, REASON);
    const passed = await Promise.all(Array.from({ length: 6 }, () => reserve(pacer, 1, "submit", both)));
    expect(new Set(passed.map(({ endpoint }) => endpoint))).toEqual(new Set([TWO]));
    expect((await pacer.flows(both)).length).toBe(1);
    const trials: Turn[][] = [];
    time.spawn(async () => {
      await time.sleep(16_000);
      trials.push(await Promise.all(Array.from({ length: 6 }, () => reserve(pacer, 1, "submit", both))));
      await pacer.avoid(both, ONE, REASON);
      await time.sleep(16_000);
      trials.push(await Promise.all(Array.from({ length: 6 }, () => reserve(pacer, 1, "submit", both))));
    });
    await time.pass(() => trials.length === 2);
    const tried = trials.map((turns) => turns.filter(({ endpoint }) => endpoint === ONE));
    expect(tried.map(({ length }) => length)).toEqual([1, 0]);
    expect(tried[0]?.[0]?.trial).toBe(true);
  });

  it("one that takes a job again shares the work at once", async () => {
    const pacer = process();
    await pacer.avoid(both, ONE, REASON);
    await pacer.welcome(both, ONE);
    const turns = await Promise.all(Array.from({ length: 4 }, () => reserve(pacer, 1, "submit", both)));
    expect(new Set(turns.map(({ endpoint }) => endpoint))).toEqual(new Set([ONE, TWO]));
  });

  it("what keeps a pipeline from one of them keeps no other pipeline from it", async () => {
    const pacer = process();
    await pacer.avoid(both, ONE, REASON);
    expect(await pacer.flows({ ...both, pipeline: "mail" })).toHaveLength(2);
  });
});
