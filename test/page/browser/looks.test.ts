import { describe, expect, it } from "vitest";
import { busyWorld, documentAnswers } from "../busy-world.ts";
import { accessibilityProblems, pageForTests } from "../open-page.ts";

const open = pageForTests();

const LOOKS = [
  { title: "in light", context: { colorScheme: "light" as const }, dialog: true },
  { title: "in dark", context: { colorScheme: "dark" as const }, dialog: true },
  { title: "as wide as a phone", context: { colorScheme: "light" as const, viewport: { width: 360, height: 740 } } },
  { title: "in the colours that a reader forces", context: { forcedColors: "active" as const } },
];

describe("the page", () => {
  it.for(LOOKS)("has nothing that axe-core finds wrong, $title", async ({ context, dialog = false }, test) => {
    const { page } = await open(test, {
      world: busyWorld(),
      context,
      hash: "#document=tickets%2Fvisit-07.txt",
      prepare: (served) => {
        served.answer = documentAnswers;
      },
    });
    await page.locator(".text mark").first().waitFor();
    for (const summary of await page.getByText("What to do").all()) await summary.click();
    await page.getByText("Raw JSON").click();
    expect(await accessibilityProblems(page)).toEqual([]);
    // Nothing is wider than the window, so that nobody has to scroll sideways.
    const wide = `[...document.querySelectorAll("body *")].filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
      .filter((each) => !each.closest("pre, .text, .hidden")).map((each) => each.outerHTML.slice(0, 100))`;
    expect(await page.evaluate(wide)).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
    if (!dialog) return;
    await page.locator("[data-code=NotText]").getByRole("button", { name: "Redrive…" }).click();
    await page.getByText("19,640 documents go on the queue if you redrive.").waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  it("has nothing that axe-core finds wrong where it asks for the key", async (test) => {
    const { page } = await open(test, { prepare: (served) => Object.assign(served, { key: "x" }) });
    await page.getByLabel("Function key").fill("wrong");
    await page.getByRole("button", { name: "Open" }).click();
    await page.getByText("The app refused this key.").waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
  });
});
