import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import type { TestProject } from "vitest/node";
import { buildPage } from "../../scripts/build-page.ts";
import { ROOT } from "../infra/bicep-file.ts";
import { findChromium } from "./chromium.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The status page as it is now, built for these tests. */
    page: string;
    /** Where the one browser of this test run listens; undefined where there is none. */
    browser: string | undefined;
  }
}

/** One browser for all tests that open the page. Without one a run of CI fails, because it is there to look. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "status-page-"));
  await buildPage(ROOT, folder);
  const executablePath = findChromium();
  if (executablePath === undefined && process.env.CI) throw new Error("There is no Chromium on the PATH");
  const server = executablePath === undefined ? undefined : await chromium.launchServer({ executablePath });
  project.provide("page", folder);
  project.provide("browser", server?.wsEndpoint());
  return async () => {
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  };
}
