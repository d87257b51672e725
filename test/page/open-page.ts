import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, inject, type TestContext } from "vitest";
import { z } from "zod";
import { readPageAssets } from "../../src/lib/status/page-assets.ts";
import { type World, world } from "./fixtures.ts";
import { type PageServer, startPageServer } from "./page-server.ts";

type Test = Pick<TestContext, "skip">;

interface Opened {
  page: Page;
  /** What went wrong so far; a test that brings something about takes it out again. */
  troubles: string[];
}

/** Of the browser's window: colours, size; `clock`: time in it goes on only when a test says so. */
type WindowOptions = BrowserContextOptions & { clock?: boolean };

const DESKTOP = { viewport: { width: 1280, height: 800 }, reducedMotion: "reduce" } as const;

const AXE = readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");

/**
 * Opens an address for a test, in a window of its own of the one browser. After each test nothing may have been written to
 * the console as an error, and nothing may have been asked of another host.
 */
export function browserForTests(): (test: Test, address: string, options?: WindowOptions) => Promise<Opened> {
  const endpoint = inject("browser");
  let browser: Browser | undefined;
  const open: Page[] = [];
  const troubles: string[] = [];
  beforeAll(async () => {
    if (endpoint === undefined) console.warn("The status page is not opened: there is no Chromium on the PATH");
    else browser = await chromium.connect(endpoint);
  });
  afterEach(async () => {
    for (const page of open.splice(0)) await page.context().close();
    expect(troubles.splice(0)).toEqual([]);
  });
  afterAll(async () => await browser?.close());
  return async ({ skip }, address, { clock = false, ...options } = {}) => {
    if (browser === undefined) return skip("there is no Chromium on the PATH");
    const context = await browser.newContext({ ...DESKTOP, ...options });
    // What does not come is told by its name before the test is given up.
    context.setDefaultTimeout(20_000);
    const page = await context.newPage();
    open.push(page);
    page.on("pageerror", (error) => troubles.push(`error: ${error.message}`));
    page.on("console", (message) => {
      // A browser also writes down each answer that is not a success, which is what some tests are about.
      const isAnswer = message.text().startsWith("Failed to load resource");
      if (message.type() === "error" && !isAnswer) troubles.push(`console: ${message.text()}`);
    });
    page.on("request", (request) => {
      if (!request.url().startsWith(new URL(address).origin)) troubles.push(`asked ${request.url()}`);
    });
    if (clock) await page.clock.install();
    await page.goto(address);
    return { page, troubles };
  };
}

interface OpenOptions {
  world?: World;
  context?: WindowOptions;
  /** The part of the address from `#` on. */
  hash?: string;
  /** Says how the app answers, before the page is opened. */
  prepare?: (app: PageServer) => void;
}

/** Opens the page before an app that answers what a test wants. */
export function pageForTests(): (test: Test, options?: OpenOptions) => Promise<Opened & { app: PageServer }> {
  const openAddress = browserForTests();
  const assets = readPageAssets(inject("page"));
  const apps: PageServer[] = [];
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.stop();
  });
  return async (test, { world: answers = world(), context, hash = "", prepare } = {}) => {
    const app = await startPageServer(assets, answers);
    apps.push(app);
    prepare?.(app);
    return { ...(await openAddress(test, `${app.url}/api/status${hash}`, context)), app };
  };
}

const violationsSchema = z.array(
  z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string(), failureSummary: z.string() })) }),
);

/** What axe-core finds wrong with the page as it stands, one line each. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  // Run by the debugger, which the policy of the page does not bind.
  await page.evaluate(AXE);
  const violations = violationsSchema.parse(await page.evaluate("axe.run(document).then((run) => run.violations)"));
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  );
}
