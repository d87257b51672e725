import { gzipSync } from "node:zlib";
import { describe, expect, inject, it } from "vitest";
import { readPageAssets } from "../../../src/lib/status/page-assets.ts";
import { pageForTests } from "../open-page.ts";

const open = pageForTests();

describe("the status page", () => {
  it("is at most 40 KB gzipped, all its files together", () => {
    const sizes = [...readPageAssets(inject("page")).files].map(
      ([name, { plain }]) => [name, gzipSync(plain).length] as const,
    );
    expect(sizes.map(([name]) => name).sort()).toEqual(["guide.json", "icon.svg", "index.html", "main.js", "page.css"]);
    expect(sizes.reduce((sum, [, bytes]) => sum + bytes, 0)).toBeLessThan(40_000);
  });

  it("shows what needs somebody, pipelines, failures, one document, and models, in this order", async (test) => {
    const { page } = await open(test);
    await page.getByText("Nothing needs you.").waitFor();
    expect(await page.locator("h2").allTextContents()).toEqual([
      "What needs you",
      "Pipelines",
      "Failures 0",
      "Document",
      "Models and deployments",
    ]);
  });

  it("runs under a policy that lets no inline script, no eval and no markup from strings run", async (test) => {
    const { page, app, troubles } = await open(test);
    const policy = (await page.request.get(`${app.url}/api/status`)).headers()["content-security-policy"] ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toMatch(/unsafe|data:|\*/);
    await page.getByText("Nothing needs you.").waitFor();
    // The page itself was tried under it: nothing that it refused was written to the console.
    const refused = await page.evaluate(`(() => {
      const tried = [];
      try { document.body.innerHTML = "<b>x</b>"; } catch { tried.push("markup"); }
      const script = document.createElement("script");
      try { script.textContent = "window.ran = true"; document.body.append(script); } catch { tried.push("script"); }
      return { tried, ran: window.ran === true };
    })()`);
    expect(refused).toEqual({ tried: ["markup", "script"], ran: false });
    expect(troubles.splice(0)).toEqual([
      expect.stringContaining("requires 'TrustedHTML'"),
      expect.stringContaining("requires 'TrustedScript'"),
    ]);
  });

  it("asks for the key once, keeps it for the tab, and sends it in a header and never in an address", async (test) => {
    const { page, app } = await open(test, { prepare: (served) => Object.assign(served, { key: "right+key/=" }) });
    await page.getByLabel("Function key").fill("wrong");
    await page.getByRole("button", { name: "Open" }).click();
    await page.getByText("The app refused this key.").waitFor();
    await page.getByLabel("Function key").fill(" right+key/= ");
    await page.getByRole("button", { name: "Open" }).click();
    await page.getByRole("heading", { name: "tickets", exact: true }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "tickets", exact: true }).waitFor();
    expect(await page.getByLabel("Function key").count()).toBe(0);
    expect(app.asked.filter(({ key }) => key === "right+key/=").length).toBeGreaterThan(4);
    expect(JSON.stringify(app.asked.map(({ path }) => path))).not.toContain("right");
    expect(await page.evaluate("JSON.stringify([Object.entries(localStorage), document.cookie])")).toBe('[[],""]');
    await page.getByRole("button", { name: "Forget key" }).click();
    await page.getByLabel("Function key").waitFor();
    expect(await page.evaluate("sessionStorage.length")).toBe(0);
  });

  it("keeps what it knew when the app stops answering, says since when, and goes on when it answers again", async (test) => {
    const { page, app } = await open(test);
    await page.getByRole("heading", { name: "tickets", exact: true }).waitFor();
    const answers = app.answer;
    app.answer = ({ path }) =>
      path === "health"
        ? undefined
        : { status: 503, body: { status: 503, detail: "The host is starting", code: "Starting" } };
    await page.getByRole("button", { name: "Refresh" }).click();
    const banner = page.locator("[data-kind=unreachable]");
    await banner.waitFor();
    expect(await banner.textContent()).toMatch(/The app does not answer.*The host is starting.*since \d\d:\d\d/s);
    expect(await page.getByRole("heading", { name: "tickets", exact: true }).count()).toBe(1);
    app.answer = answers;
    await page.getByRole("button", { name: "Refresh" }).click();
    await page.getByText("Nothing needs you.").waitFor();
  });

  it("stands when a part of it cannot be asked, and says which", async (test) => {
    const { page } = await open(test, {
      prepare: (served) => {
        served.answer = ({ path }) =>
          path.startsWith("failures")
            ? { status: 503, body: { status: 503, detail: "Storage does not answer." } }
            : undefined;
      },
    });
    await page.getByText("The failures could not be asked. Storage does not answer.").waitFor();
    expect(await page.getByRole("heading", { name: "tickets", exact: true }).count()).toBe(1);
    expect(await page.locator("[data-kind=unreachable]").count()).toBe(0);
  });

  it("asks a fixed number of calls, for no key where none is wanted, and again every ten seconds while it is seen", async (test) => {
    const { page, app } = await open(test, { context: { clock: true } });
    const asked = (): string[] =>
      app.asked
        .splice(0)
        .map(({ path }) => path)
        .sort();
    const settled = () =>
      expect.poll(() => page.evaluate("document.querySelector('.top button')?.disabled === false")).toBe(true);
    await page.getByText("Nothing needs you.").waitFor();
    await settled();
    expect(new Set(app.asked.map(({ key }) => key))).toEqual(new Set([undefined]));
    expect(asked()).toEqual(["failures?limit=0", "health", "models", "pipelines", "requeues?limit=20"]);
    await page.clock.runFor(10_000);
    await expect.poll(() => app.asked.length).toBe(1);
    await settled();
    expect(asked()).toEqual(["pipelines"]);
    // Failures are counted again only when there are others.
    const [first, ...others] = app.world.pipelines.pipelines;
    if (first === undefined) throw new Error("There is no pipeline");
    const failed = { ...first, totals: { ...first.totals, failed: 1 } };
    app.world.pipelines = { ...app.world.pipelines, pipelines: [failed, ...others] };
    await page.clock.runFor(10_000);
    await expect.poll(() => app.asked.length).toBe(2);
    expect(asked()).toEqual(["failures?limit=0", "pipelines"]);
    await settled();
    await page.evaluate(`Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true })`);
    await page.clock.runFor(60_000);
    expect(asked()).toEqual([]);
    await page.evaluate(
      `Object.defineProperty(document, "visibilityState", { value: "visible" }), document.dispatchEvent(new Event("visibilitychange"))`,
    );
    await expect.poll(() => app.asked.length).toBe(3);
    expect(asked()).toEqual(["health", "models", "pipelines"]);
  });
});
