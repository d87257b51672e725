import { describe, expect, it } from "vitest";
import { iso, pipeline, requeue, still, world } from "../fixtures.ts";
import { pageForTests } from "../open-page.ts";

const open = pageForTests();
const hold = { mode: "pause" as const, by: "Jane", reason: "the model is being retrained", since: iso(-5) };

describe("what an operator does on the page", () => {
  it("a pause wants a reason and a confirmation, by keyboard alone, and the focus comes back", async (test) => {
    const { page, app } = await open(test, {
      prepare: (served) => {
        served.answer = ({ path }) => {
          if (!/^pipelines\/tickets\//.test(path)) return undefined;
          served.world.pipelines = { at: iso(0), pipelines: [still("tickets", "paused", { paused: hold })] };
          return { body: { name: "tickets", paused: hold } };
        };
      },
    });
    const opener = page.getByRole("group", { name: "Actions for tickets" }).getByRole("button", { name: "Pause…" });
    await opener.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await expect.poll(() => page.evaluate("document.activeElement.textContent === 'Pause…'")).toBe(true);
    await page.keyboard.press("Enter");
    await page.getByLabel("Reason, for everybody who looks here").waitFor();
    await page.keyboard.press("Enter");
    expect(app.asked.filter(({ method }) => method === "POST")).toEqual([]);
    await page.keyboard.type(hold.reason);
    await page.keyboard.press("Tab");
    await page.keyboard.type("Jane");
    await page.keyboard.press("Enter");
    await page.locator("[data-kind=paused]").waitFor();
    expect(app.asked.find(({ method }) => method === "POST")).toMatchObject({
      path: "pipelines/tickets/pause",
      body: { reason: hold.reason, by: "Jane" },
    });
    await page.locator("[data-kind=paused]").getByRole("button", { name: "Resume…" }).click();
    await page.getByRole("button", { name: "Resume tickets" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(app.asked.filter(({ method }) => method === "POST").at(-1)?.path).toBe("pipelines/tickets/resume");
  });

  it("a drain is confirmed too, and a key that may not do it can be changed on the spot", async (test) => {
    let allowed = false;
    const { page, app } = await open(test, {
      prepare: (served) => {
        served.answer = ({ path, key }) => {
          if (path !== "pipelines/tickets/drain") return undefined;
          allowed = key === "master";
          return allowed
            ? { body: { name: "tickets" } }
            : { status: 403, body: { status: 403, detail: "This key may only read.", code: "Forbidden" } };
        };
      },
    });
    await page.getByRole("group", { name: "Actions for tickets" }).getByRole("button", { name: "Drain…" }).click();
    await page.getByLabel("Reason, for everybody who looks here").fill("a deployment comes");
    await page.getByRole("button", { name: "Drain tickets" }).click();
    await page.getByLabel("Another key, which may do this").fill("master");
    await page.getByRole("button", { name: "Drain tickets" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(allowed).toBe(true);
    expect(app.asked.filter(({ path }) => path.endsWith("/drain"))).toHaveLength(2);
  });

  it("a backfill of everything again says what it may cost before it is begun", async (test) => {
    const { page, app } = await open(test, {
      world: world({ pipelines: { at: iso(0), pipelines: [pipeline("tickets")] } }),
      prepare: (served) => {
        served.answer = ({ path }) =>
          path.startsWith("backfill?")
            ? { body: requeue({ kind: "backfill", dryRun: true, status: "done", matched: 1_000, queued: 0 }) }
            : undefined;
      },
    });
    await page.getByRole("group", { name: "Actions for tickets" }).getByRole("button", { name: "Backfill…" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(/everything again with today's model/).check();
    await dialog.getByRole("button", { name: "Count" }).click();
    // 75.05 dollars for 12,880 documents so far.
    await dialog.getByText("About $5.83, by what documents have cost so far.").waitFor();
    await dialog.getByRole("button", { name: "Backfill 1,000 documents" }).click();
    await dialog.waitFor({ state: "detached" });
    expect(app.asked.filter(({ method }) => method === "POST").at(-1)?.path).toBe(
      "backfill?pipeline=tickets&force=true",
    );
  });
});
