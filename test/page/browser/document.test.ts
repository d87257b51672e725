import { describe, expect, it } from "vitest";
import type { RecordAnswer } from "../../../src/page/answers.ts";
import { result, TEXT, text, world } from "../fixtures.ts";
import { pageForTests } from "../open-page.ts";
import type { PageServer } from "../page-server.ts";

const open = pageForTests();

/** An app that has one document. */
function withDocument(name: string, record: RecordAnswer, whole = TEXT): (app: PageServer) => void {
  const place = { pipeline: "tickets", state: "succeeded", record: `results/tickets/${name}.json` };
  return (app) => {
    app.answer = ({ path }) => {
      const [address = "", query] = path.split("?");
      const decoded = address.split("/").map(decodeURIComponent).join("/");
      if (decoded === `documents/${name}`) return { body: { name, etag: '"1"', places: [place] } };
      if (decoded === `records/tickets/${name}`) return { body: record };
      if (decoded === `texts/${name}`) return { body: text(whole, Number(new URLSearchParams(query).get("from"))) };
      return undefined;
    };
  };
}

const VISIT = "tickets/visit-07.txt";
const hashOf = (name: string): string => `#${new URLSearchParams({ document: name, pipeline: "tickets" })}`;

describe("one document", () => {
  it("is found by its name, with its classes, entities, relations and raw record", async (test) => {
    const { page } = await open(test, { prepare: withDocument(VISIT, result()) });
    await page.getByLabel("Name of a document").fill(VISIT);
    await page.getByRole("button", { name: "Show", exact: true }).click();
    await page.locator(".text mark").first().waitFor();
    expect(await page.getByRole("list", { name: "Classes" }).allTextContents()).toEqual(["prescription93%complaint6%"]);
    // Labels are text of the page, in front of what they name; marks that cross are cut where they do.
    const marks = await page.locator(".text mark").evaluateAll((all) => all.map((mark) => mark.textContent));
    expect(marks).toEqual([
      "Person Jane Organization Doe",
      "Organization Doe",
      "Organization goes on:  of Contoso Ltd.",
      "Prescription Dosage 400 mg MedicationName ibuprofen Frequency twice a day",
      "Dosage 400 mg",
      "MedicationName ibuprofen",
      "Frequency twice a day",
      "Person Ali Öztürk",
      "DateTime 12 March 2026",
      "SymptomOrSign severe headache",
      "SymptomOrSign fever",
      "Location Zürich",
    ]);
    // What is copied is the text as it was dropped.
    await page.locator(".text").click();
    const copied = await page.evaluate(
      "getSelection().selectAllChildren(document.querySelector('.text')), getSelection().toString()",
    );
    expect(copied).toBe(TEXT);
    expect(await page.locator(".relations li").allTextContents()).toEqual([
      expect.stringMatching(/^DosageOfMedication\s*Dosage: 400 mg\s*Medication: ibuprofen$/),
      expect.stringMatching(/^FrequencyOfMedication\s*Frequency: twice a day\s*Medication: ibuprofen$/),
    ]);
    await page.locator(".relations").getByRole("link", { name: "ibuprofen" }).first().click();
    await expect
      .poll(() => page.evaluate("document.activeElement.textContent === 'MedicationName ibuprofen'"))
      .toBe(true);
    await page.getByText("Raw JSON").click();
    expect(JSON.parse((await page.locator(".raw code").textContent()) ?? "")).toMatchObject({
      pipeline: "tickets",
      status: "succeeded",
    });
    await page.getByLabel("people (5)").uncheck();
    await expect.poll(() => page.locator(".text mark").count()).toBe(6);
  });

  it("is shown 20,000 characters at a time when it is long, and a link leads to an entity far away", async (test) => {
    const long = `${"x ".repeat(30_000)}Contoso${" y".repeat(2_000)}`;
    const record = result();
    record.document.characters = long.length;
    record.tasks = [
      {
        name: "names",
        kind: "EntityRecognition",
        status: "succeeded",
        entities: [{ text: "Contoso", category: "Organization", offset: 60_000, length: 7 }],
        warnings: [],
      },
    ];
    const { page } = await open(test, { hash: hashOf(VISIT), prepare: withDocument(VISIT, record, long) });
    await page.getByText("Characters 1 to 20,000 of 64,007").waitFor();
    expect(await page.locator(".text mark").count()).toBe(0);
    await page.getByRole("link", { name: "Contoso" }).click();
    await page.getByText("Characters 60,001 to 64,007 of 64,007").waitFor();
    await expect.poll(() => page.evaluate("document.activeElement.textContent === 'Organization Contoso'")).toBe(true);
  });

  it("runs nothing of a hostile name, text, label or answer, and shows them as they are", async (test) => {
    const evil = `"><img src=x onerror="window.ran=1"><script>window.ran=1</script>\u202Ejavascript:window.ran=1`;
    const name = `tickets/${evil}/%2e%2e/a?b#c.txt`;
    const hostile = `${evil}\n</div><style>*{display:none}</style>\${window.ran=1}{{ran}}`;
    const record: RecordAnswer = {
      ...result(),
      tasks: [
        {
          name: evil,
          kind: evil,
          status: "succeeded",
          classes: [{ category: evil, confidenceScore: 0.5 }],
          entities: [
            { text: evil, category: evil, offset: 0, length: evil.length, confidenceScore: "x" },
            { text: "out", category: "Far", offset: 1e9, length: 5 },
            { text: "odd", category: { toString: "x" }, offset: -1, length: 0.5 },
            "not an entity",
          ],
          relations: [
            {
              relationType: evil,
              entities: [
                { ref: "#/entities/99", role: evil },
                { ref: "javascript:1", role: "x" },
              ],
            },
          ],
          keyPhrases: [evil, 7],
          error: { code: evil, message: evil, hint: evil },
        },
      ],
    };
    const answers = world();
    const pipelines = answers.pipelines.pipelines.map((each, index) =>
      index === 0
        ? {
            ...each,
            tasks: [evil],
            match: evil,
            paused: { mode: "pause" as const, by: evil, reason: evil, since: "never" },
          }
        : each,
    );
    answers.pipelines = { ...answers.pipelines, pipelines };
    const { page } = await open(test, {
      world: answers,
      hash: hashOf(name),
      prepare: withDocument(name, record, hostile),
    });
    await page.locator(".text mark").first().waitFor();
    expect(await page.locator(".text").textContent()).toBe(`${evil} ${hostile}`);
    expect(await page.locator("article.document h3").textContent()).toBe(name);
    expect(await page.evaluate("window.ran")).toBeUndefined();
    expect(await page.locator("#page img, #page script, #page style, #page iframe").count()).toBe(0);
    const addresses = await page
      .locator("a[href]")
      .evaluateAll((links) => links.map((link) => link.getAttribute("href")));
    expect(addresses.filter((address) => !address?.startsWith("#"))).toEqual([]);
  });

  it("stays quick with a record that marks the same words a thousand times over", async (test) => {
    const record = result();
    const entities = Array.from({ length: 4_000 }, (_, index) => ({
      text: "x",
      category: `C${index % 50}`,
      offset: index % 100,
      length: 60,
    }));
    record.tasks = [{ name: "many", kind: "EntityRecognition", status: "succeeded", entities, warnings: [] }];
    const { page } = await open(test, { hash: hashOf(VISIT), prepare: withDocument(VISIT, record) });
    await page.locator(".text mark").first().waitFor();
    expect(await page.evaluate("document.querySelectorAll('*').length")).toBeLessThan(25_000);
  });
});
