import { TestHost } from "functions-emulator/testing";
import { describe, expect, it } from "vitest";
import type { RequeueState } from "../../src/lib/queueing/requeue-page.ts";

// Loaded behind TestHost, which stands in for the Functions host.
await import("../../src/functions/requeue.ts");

const FIRST: RequeueState = { kind: "backfill", seen: 0, queued: 0, done: false };

/** A host whose pages are answered by the test; the `failing` ones first fail so often. */
function hostOn(pages: number, failing: number): TestHost {
  let failures = failing;
  const host: TestHost = new TestHost({
    invoke: async (kind, name, triggerData) => {
      if (kind !== "activity") return await host.invoke(kind, name, triggerData);
      if (failures-- > 0) return { error: new Error("the storage service is busy") };
      const state: RequeueState = JSON.parse(triggerData ?? "");
      const seen = state.seen + 1;
      return { value: { ...state, seen, done: seen === pages } };
    },
  });
  return host;
}

describe("the orchestration requeue", () => {
  it("goes page by page with a short history", async () => {
    const host = hostOn(50, 0);
    const id = await host.start("requeue", FIRST);
    await host.ended(id);
    expect((await host.status(id)).output).toMatchObject({ seen: 50, done: true });
    expect((await host.storedHistory(id)).length).toBeLessThan(100);
    expect(host.violations).toEqual([]);
  });

  it("does not end at a page that failed a few times", async () => {
    const host = hostOn(3, 4);
    const id = await host.start("requeue", FIRST);
    await host.advance(10 * 60_000);
    expect((await host.status(id)).output).toMatchObject({ seen: 3, done: true });
    expect(host.violations).toEqual([]);
  });
});
