import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SAMPLES, type Stack, startStack } from "../../../dev/stack/start-stack.ts";
import { StackDriver } from "../../e2e/drive-stack.ts";
import { ownAccount } from "../../e2e/own-account.ts";
import { type PipelinesFile, writePipelines } from "../../e2e/write-pipelines.ts";
import { browserForTests } from "../open-page.ts";

const open = browserForTests();
const INCIDENT = "incidents/emoji.txt";
const read = (name: string): Buffer => readFileSync(join(SAMPLES, "documents", name));

/** One whose tasks the Language resource knows, and one whose deployment it does not. */
const PIPELINES = [
  { name: "incidents", kind: "CustomEntityRecognition", projectName: "incidents" },
  { name: "tickets", kind: "CustomSingleLabelClassification", projectName: "tickets" },
  { name: "lost", kind: "CustomSingleLabelClassification", projectName: "nobody-made-it" },
].map(({ name, ...task }) => ({ name, match: `${name}/**`, tasks: [{ ...task, deploymentName: "production" }] }));

let pipelines: PipelinesFile;
let stack: Stack;
beforeAll(async () => {
  pipelines = await writePipelines(PIPELINES);
  stack = await startStack({
    storage: ownAccount(),
    pipelines: pipelines.path,
    settings: { LONGEST_BLOCKED_SECONDS: "5" },
  });
  const driver = new StackDriver(stack);
  await driver.drop([
    [INCIDENT, read(INCIDENT)],
    ["tickets/empty.txt", ""],
    ["nobody/wants.txt", "this"],
    ["lost/a.txt", "The invoice was charged twice."],
  ]);
  await driver.recordsUnder("incidents/", 1);
  await driver.recordsUnder("tickets/", 1);
  await driver.recordsUnder("_unmatched/", 1);
});
afterAll(async () => {
  await stack?.stop();
  await pipelines?.[Symbol.asyncDispose]();
});

describe("the page before the real app", () => {
  it("shows its pipelines, what failed and a document with its entities, and pauses and resumes a pipeline", async (test) => {
    const { page } = await open(test, `${stack.functions}/api/status/`);
    expect(page.url()).toBe(`${stack.functions}/api/status`);
    await page.getByRole("heading", { name: "incidents", exact: true }).waitFor();
    await page
      .locator("[data-kind=unmatched]")
      .getByText("1 document matches no pipeline, for example nobody/wants.txt.")
      .waitFor();
    await page.locator("[data-code=EmptyDocument]").waitFor();
    expect(await page.locator(".error").allTextContents()).toEqual([]);
    // Why the third stands still, in the service's words and ours.
    const banner = page.locator("[data-kind=model]");
    await banner.waitFor();
    expect(await banner.textContent()).toMatch(
      /lost: A project or deployment is not found.*Check projectName and deploymentName/s,
    );
    expect(await page.locator("[data-pipeline=lost] .lanes").textContent()).toMatch(/Lane 0 blocked: \w+/);

    await page.getByLabel("Name of a document").fill(INCIDENT);
    await page.getByRole("button", { name: "Show", exact: true }).click();
    await page.locator(".text mark").first().waitFor();
    await page.locator(".text").click();
    const shown = await page.evaluate(
      "getSelection().selectAllChildren(document.querySelector('.text')), getSelection().toString()",
    );
    expect(String(shown).trim()).toBe(read(INCIDENT).toString("utf8").trim());

    await page.getByRole("group", { name: "Actions for incidents" }).getByRole("button", { name: "Pause…" }).click();
    await page.getByLabel("Reason, for everybody who looks here").fill("a test");
    await page.getByRole("button", { name: "Pause incidents" }).click();
    await page
      .locator("[data-kind=paused]")
      .getByText(/a test/)
      .waitFor();
    await page.locator("[data-kind=paused]").getByRole("button", { name: "Resume…" }).click();
    await page.getByRole("button", { name: "Resume incidents" }).click();
    await page.locator("[data-kind=paused]").waitFor({ state: "detached" });
  });

  it("counts before it redrives, and shows how far it has come", async (test) => {
    const { page } = await open(test, `${stack.functions}/api/status`);
    await page.locator("[data-code=EmptyDocument]").getByRole("button", { name: "Redrive…" }).click();
    await page.getByRole("button", { name: "Redrive 1 document", exact: true }).click();
    await page.locator(".run").getByText("redrive", { exact: true }).waitFor();
  });
});
