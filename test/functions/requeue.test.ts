import { TestHost } from "functions-emulator/testing";
import { describe, expect, it } from "vitest";
import type { RequeueProgress } from "../../src/lib/queueing/requeue-run.ts";

// Loaded behind TestHost, which stands in for the Functions host.
await import("../../src/functions/requeue.ts");

const NOTHING: RequeueProgress = { status: "running", seen: 0, matched: 0, queued: 0, refused: 0 };

/** A host whose pages are answered by the test; the `failing` ones first fail so often. */
function hostOn(pages: number, failing: number, last: RequeueProgress["status"] = "done"): TestHost {
  let failures = failing;
  let seen = 0;
  const host: TestHost = new TestHost({
    invoke: async (kind, name, triggerData) => {
      if (kind !== "activity") return await host.invoke(kind, name, triggerData);
      expect(JSON.parse(triggerData ?? "")).toEqual({ id: "requeue-1" });
      if (name === "requeueFailed") return { value: { ...NOTHING, seen, status: "failed" } };
      if (failures-- > 0) return { error: new Error("the storage service is busy") };
      seen++;
      return { value: { ...NOTHING, seen, status: seen === pages ? last : "running" } };
    },
  });
  return host;
}

describe("the orchestration requeue", () => {
  it("goes page by page with a short history", async () => {
    const host = hostOn(50, 0);
    const id = await host.start("requeue", { id: "requeue-1" });
    await host.ended(id);
    expect((await host.status(id)).output).toMatchObject({ seen: 50, status: "done" });
    expect((await host.storedHistory(id)).length).toBeLessThan(100);
    expect(host.violations).toEqual([]);
  });

  it("does not end at a page that failed a few times", async () => {
    const host = hostOn(3, 4);
    const id = await host.start("requeue", { id: "requeue-1" });
    await host.advance(10 * 60_000);
    expect((await host.status(id)).output).toMatchObject({ seen: 3, status: "done" });
    expect(host.violations).toEqual([]);
  });

  it("writes down that it failed, where it can be resumed, when a page fails for long", async () => {
    const host = hostOn(3, 100);
    const id = await host.start("requeue", { id: "requeue-1" });
    await host.advance(60 * 60_000);
    expect((await host.status(id)).output).toMatchObject({ status: "failed" });
    expect(host.activities.at(-1)).toBe("requeueFailed");
  });

  it("ends at the page after which it was cancelled", async () => {
    const host = hostOn(2, 0, "cancelled");
    const id = await host.start("requeue", { id: "requeue-1" });
    await host.ended(id);
    expect(host.activities).toEqual(["requeuePage", "requeuePage"]);
  });
});
