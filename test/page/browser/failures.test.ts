import { describe, expect, it } from "vitest";
import { group, iso, requeue, world } from "../fixtures.ts";
import { pageForTests } from "../open-page.ts";

const open = pageForTests();

/** As many failures as a bad night leaves, in more codes than anybody reads. */
function manyFailures() {
  const codes = Array.from({ length: 60 }, (_, index) => group(`Code${index}`, 20));
  const groups = [group("NotText", 18_000), group("InvalidDocument", 800), ...codes];
  const total = groups.reduce((sum, { count }) => sum + count, 0);
  expect(total).toBe(20_000);
  return world({ failures: { total, complete: true, groups, documents: [] } });
}

describe("20,000 failures", () => {
  it("are codes with their number, and documents a page at a time: the page stays small and quick", async (test) => {
    const { page, app } = await open(test, {
      world: manyFailures(),
      prepare: (served) => {
        served.answer = ({ path }) => {
          const [name, query] = path.split("?");
          const asked = new URLSearchParams(query);
          if (name !== "failures" || asked.get("limit") !== "50") return undefined;
          const from = Number(asked.get("cursor") ?? "0");
          const documents = Array.from({ length: 50 }, (_, index) => ({
            pipeline: "tickets",
            name: `tickets/scan-${from + index}.txt`,
            status: "failed",
            code: "NotText",
            message: "The document is a PDF document, not plain text",
            hint: "Convert it.",
            record: `failed/tickets/tickets/scan-${from + index}.txt.json`,
            at: iso(-60),
          }));
          return { body: { documents, nextCursor: String(from + 50) } };
        };
      },
    });
    await page.getByText("NotText", { exact: true }).waitFor();
    expect(await page.locator("#failures-title").textContent()).toBe("Failures 20,000");
    expect(await page.locator(".group").count()).toBe(20);
    await page.getByText("Documents with NotText").click();
    await page.getByText("tickets/scan-49.txt").waitFor();
    await page.getByRole("button", { name: "Next 50 documents" }).click();
    await page.getByText("51 to 100").waitFor();
    expect(await page.locator(".documents li").count()).toBe(50);
    // What is on the page does not grow with what failed, and neither does the time to draw it again.
    expect(Number(await page.evaluate("document.querySelectorAll('*').length"))).toBeLessThan(2_500);
    expect(app.asked.filter(({ path }) => path.startsWith("failures"))).toHaveLength(3);
    const longest = await page.evaluate(`new Promise((resolve) => {
      let longest = 0;
      new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) longest = Math.max(longest, duration); })
        .observe({ type: "longtask", buffered: true });
      document.querySelector(".top button").click();
      setTimeout(() => resolve(longest), 500);
    })`);
    expect(Number(longest)).toBeLessThan(500);
  });

  it("are redriven only after they were counted and the count was confirmed", async (test) => {
    const { page, app } = await open(test, {
      world: manyFailures(),
      prepare: (served) => {
        let looks = 0;
        served.answer = ({ method, path }) => {
          const asked = new URLSearchParams(path.split("?")[1]);
          if (path.startsWith("redrive?") && asked.get("dryRun") === "true") {
            return { status: 202, body: requeue({ id: "requeue-count", dryRun: true, matched: 0, queued: 0 }) };
          }
          if (path === "requeues/requeue-count") {
            const isOver = ++looks > 0;
            return {
              body: requeue({
                id: "requeue-count",
                dryRun: true,
                status: isOver ? "done" : "running",
                matched: 18_000,
                queued: 0,
              }),
            };
          }
          if (method === "POST" && path.startsWith("redrive?")) {
            served.world.requeues = { requeues: [requeue({ matched: 18_000 })] };
            return { status: 202, body: requeue() };
          }
          if (path === "requeues/requeue-1/cancel") {
            served.world.requeues = { requeues: [requeue({ status: "cancelled" })] };
            return { body: requeue({ status: "cancelled" }) };
          }
          return undefined;
        };
      },
    });
    await page.locator("[data-code=NotText]").getByRole("button", { name: "Redrive…" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("18,000 documents go on the queue if you redrive.").waitFor();
    const posts = (): string[] => app.asked.filter(({ method }) => method === "POST").map(({ path }) => path);
    expect(posts()).toEqual(["redrive?pipeline=tickets&code=NotText&dryRun=true"]);
    // What is asked for changes: so must the count.
    await dialog.getByLabel("Names that begin with").fill("tickets/scan");
    await dialog.getByRole("button", { name: /^Redrive/ }).waitFor({ state: "detached" });
    await dialog.getByRole("button", { name: "Count" }).click();
    await dialog.getByRole("button", { name: "Redrive 18,000 documents" }).click();
    await page.getByText("250 on the queue of 18,000 that match").waitFor();
    expect(posts().slice(1)).toEqual([
      "redrive?pipeline=tickets&prefix=tickets%2Fscan&code=NotText&dryRun=true",
      "redrive?pipeline=tickets&prefix=tickets%2Fscan&code=NotText",
    ]);
    await page.getByRole("button", { name: "Cancel redrive" }).click();
    await page.getByRole("button", { name: "Go on" }).waitFor();
  });
});
