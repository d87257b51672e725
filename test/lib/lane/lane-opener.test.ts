import { beforeEach, describe, expect, it } from "vitest";
import type { LaneStatus } from "../../../src/lib/lane/lane.ts";
import { LaneOpener } from "../../../src/lib/lane/lane-opener.ts";

const address = { pipeline: "tickets", lane: 0 };
let now: number;
let status: LaneStatus | undefined;
let asked: number;
let started: string[];
let opener: LaneOpener;

const host = {
  runningStatus: async () => {
    asked++;
    return status;
  },
  start: async (id: string) => void started.push(id),
};

beforeEach(() => {
  now = Date.parse("2026-01-01T00:00:00Z");
  status = undefined;
  asked = 0;
  started = [];
  opener = new LaneOpener({
    now: () => now,
    wait: async (milliseconds) => {
      now += milliseconds;
    },
  });
});

const closing = (inSeconds: number): LaneStatus => ({
  state: "closing",
  nextPollAt: new Date(now + inSeconds * 1000).toISOString(),
});

describe("LaneOpener", () => {
  it("starts a lane that does not run", async () => {
    await opener.open(host, address);
    expect(started).toEqual(["lane-tickets-0"]);
  });

  it("asks once for a burst of documents", async () => {
    for (let n = 0; n < 100; n++) await opener.open(host, address);
    expect(asked).toBe(1);
    now += 3_000;
    await opener.open(host, address);
    expect(asked).toBe(2);
  });

  it("asks once for documents that come at the same time", async () => {
    await Promise.all(Array.from({ length: 16 }, () => opener.open(host, address)));
    expect([asked, started]).toEqual([1, ["lane-tickets-0"]]);
  });

  it("tells all who wait for an answer that there is none, and asks anew for the next", async () => {
    const unreachable = {
      ...host,
      runningStatus: async () => {
        asked++;
        throw new Error("Durable Functions do not answer");
      },
    };
    const opened = await Promise.allSettled([1, 2, 3].map(() => opener.open(unreachable, address)));
    expect(opened.map((each) => each.status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(asked).toBe(1);
    await opener.open(host, address);
    expect(started).toEqual(["lane-tickets-0"]);
  });

  it("asks once more for a document that waited in vain: the lane may have ended by then", async () => {
    const ending = { ...host, runningStatus: async () => (++asked > 22 ? undefined : closing(-1)) };
    await Promise.all([opener.open(ending, address), opener.open(ending, address)]);
    expect([asked, started]).toEqual([23, ["lane-tickets-0"]]);
  });

  it("leaves a running lane alone", async () => {
    status = { state: "analysing" };
    await opener.open(host, address);
    expect(started).toEqual([]);
  });

  it("relies on the last look of a closing lane while that is still to come", async () => {
    status = closing(4);
    await opener.open(host, address);
    expect([asked, started]).toEqual([1, []]);
  });

  it("asks anew once that last look may be over", async () => {
    status = closing(4);
    await opener.open(host, address);
    now += 2_600;
    status = undefined;
    await opener.open(host, address);
    expect(started).toEqual(["lane-tickets-0"]);
  });

  it("waits for a lane in its last moments to end, and opens it anew", async () => {
    status = closing(0.5);
    const waits = { ...host, runningStatus: async () => (++asked > 3 ? undefined : status) };
    await opener.open(waits, address);
    expect(started).toEqual(["lane-tickets-0"]);
  });

  it("leaves it to the sweep when the lane does not end", async () => {
    status = closing(-1);
    await opener.open(host, address);
    expect(started).toEqual([]);
    expect(now).toBeGreaterThanOrEqual(Date.parse("2026-01-01T00:00:05Z"));
  });
});
