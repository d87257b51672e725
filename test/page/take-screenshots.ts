/**
 * Takes the pictures of the status page that the README shows, after a change of its looks; somebody must look at them.
 *
 *     node test/page/take-screenshots.ts
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { buildPage } from "../../scripts/build-page.ts";
import { readPageAssets } from "../../src/lib/status/page-assets.ts";
import { busyWorld, documentAnswers } from "./busy-world.ts";
import { findChromium } from "./chromium.ts";
import { startPageServer } from "./page-server.ts";

const ROOT = join(import.meta.dirname, "../..");
const WINDOW = { width: 1080, height: 800 };

const executablePath = findChromium();
if (executablePath === undefined) throw new Error("There is no Chromium on the PATH");
const folder = mkdtempSync(join(tmpdir(), "status-page-"));
await buildPage(ROOT, folder);
const world = busyWorld();
// One thing that needs somebody, so that the pipelines are seen too.
world.models.deployments = world.models.deployments.filter(({ state }) => state === "current");
world.failures.groups = world.failures.groups?.filter(({ pipelines }) => !("_unmatched" in pipelines));
world.pipelines.pipelines = world.pipelines.pipelines.filter(({ paused }) => paused === undefined);
const app = await startPageServer(readPageAssets(folder), world);
// Not every machine has a font with emoji; two other characters keep the places of the rest.
app.answer = (asked) => JSON.parse(JSON.stringify(documentAnswers(asked) ?? null)?.replace("🙂", "– ")) ?? undefined;
const browser = await chromium.launch({ executablePath });

async function take(colorScheme: "light" | "dark", hash: string, scrollTo: string): Promise<void> {
  const page = await browser.newPage({ colorScheme, viewport: WINDOW, reducedMotion: "reduce" });
  await page.goto(`${app.url}/api/status${hash}`);
  await page.locator("#failures .group").first().waitFor();
  if (hash !== "") await page.locator(".text mark").first().waitFor();
  await page.evaluate("document.querySelector('.host').textContent = 'language-batch.azurewebsites.net'");
  await page.evaluate(`document.querySelector(${JSON.stringify(scrollTo)}).scrollIntoView()`);
  await page.screenshot({ path: join(ROOT, "docs", `status-page-${colorScheme}.png`) });
  await page.close();
}

await take("light", "", "body");
await take("dark", "#document=tickets%2Fvisit-07.txt", "#document");
await browser.close();
await app.stop();
rmSync(folder, { recursive: true });
