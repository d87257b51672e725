import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type LanguageService, startLanguageService } from "language-emulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dropFiles } from "../../dev/demo/drop-files.ts";
import { listFolder } from "../../dev/demo/list-folder.ts";
import { APP_DIRECTORY, SAMPLES, type Stack, startStack } from "../../dev/stack/start-stack.ts";
import { StackDriver } from "./drive-stack.ts";
import { ownAccount } from "./own-account.ts";
import { until } from "./waiting.ts";

let language: LanguageService;
let stack: Stack;
let driver: StackDriver;

beforeAll(async () => {
  language = await startLanguageService({ projects: SAMPLES });
  stack = await startStack({ storage: ownAccount(), language: { endpoint: language.url, key: language.key } });
  driver = new StackDriver(stack);
});

afterAll(async () => {
  await stack?.stop();
  await language?.stop();
});

describe("the samples", () => {
  it("end where each belongs, the awkward ones with what to do", async () => {
    const folder = join(APP_DIRECTORY, "samples", "documents");
    const { documents } = await listFolder(folder);
    const names = documents.map(({ name }) => name);
    await dropFiles(documents, driver.documents);
    await driver.recordsUnder("", names.length);
    expect(await driver.broken(names)).toEqual([]);

    const failures = {
      "tickets/empty.txt": "EmptyDocument",
      "tickets/only spaces.txt": "EmptyDocument",
      "tickets/screenshot.txt": "NotText",
      "tickets/cut-off.docx": "DocumentDamaged",
      "contracts/locked.pdf": "DocumentEncrypted",
      "contracts/scan.pdf": "NoTextLayer",
    };
    for (const [name, code] of Object.entries(failures)) {
      const [pipeline = ""] = name.split("/", 1);
      const { error } = (await driver.readFailure(pipeline, name)) as { error: { code: string; hint: string } };
      expect(error.code).toBe(code);
      expect(error.hint).not.toBe("");
    }
    expect(await driver.readFailure("_unmatched", "notes/lunch.txt")).toMatchObject({ error: { code: "NoPipeline" } });
    // The rows of a file count, and the file does not.
    const { rows } = (await driver.readResult("feedback", "feedback/august.csv")) as { rows: { succeeded: number } };
    expect(names.length - 8 + rows.succeeded).toBe(
      (await driver.get<{ pipelines: { totals: { succeeded: number } }[] }>("pipelines")).pipelines
        .map(({ totals }) => totals.succeeded)
        .reduce((a, b) => a + b),
    );
  });

  it("have entities at offsets that cut them out of the text, whatever the encoding and the emoji in it", async () => {
    for (const name of [
      "incidents/emoji.txt",
      "incidents/combining-marks.txt",
      "incidents/utf8-bom.txt",
      "incidents/windows-lines.txt",
    ]) {
      const bytes = await readFile(join(APP_DIRECTORY, "samples", "documents", name));
      const text = bytes.toString("utf8").replace(/^\uFEFF/, "");
      const result = await driver.readResult("incidents", name);
      const [task] = result.tasks as { entities: { text: string; offset: number; length: number }[] }[];
      expect(task?.entities.length).toBeGreaterThan(0);
      for (const entity of task?.entities ?? []) {
        expect(text.slice(entity.offset, entity.offset + entity.length)).toBe(entity.text);
      }
    }
  });
});

describe("a file of rows", () => {
  const name = "feedback/august.csv";
  interface Summary {
    rows: { run: string; parts: { results?: string }[]; failures: { row: number; line: number; code: string }[] };
    usage: { textRecords: number };
  }
  const summary = async () => (await driver.readResult("feedback", name)) as unknown as Summary;

  async function lines(): Promise<{ row: number; id: string; tasks: object[]; unchanged?: true }[]> {
    const { rows } = await summary();
    const [container = "", ...blob] = rows.parts[0]?.results?.split("/") ?? [];
    expect(container).toBe("results");
    const text = await driver.results.getBlobClient(blob.join("/")).downloadToBuffer();
    return text
      .toString("utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
  }

  it("has a line for each row, and names those that failed", async () => {
    expect(await summary()).toMatchObject({
      status: "partiallySucceeded",
      rows: { total: 10, succeeded: 7, failed: 3, unchanged: 0, format: { kind: "csv", delimiter: ";" } },
      usage: { textRecords: 7 },
    });
    expect((await summary()).rows.failures.map(({ row, line, code }) => [row, line, code])).toEqual([
      [3, 5, "ColumnCount"],
      [6, 8, "EmptyText"],
      [7, 9, "BadQuotes"],
    ]);
    const found = await lines();
    expect(found.map(({ id }) => id)).toEqual([1, 2, 4, 5, 8, 9, 10].map((n) => `F-${100 + n}`));
    expect(found[0]?.tasks[0]).toMatchObject({ name: "mood", status: "succeeded", sentiment: expect.any(String) });
  });

  it("dropped again with one row put right costs that row", async () => {
    const { rows } = await summary();
    const text = await readFile(join(APP_DIRECTORY, "samples", "documents", name), "utf8");
    await driver.drop([[name, text.replace('"The export "works", sort of"', "The export works, sort of")]]);
    const again = await until(
      "the next summary",
      // It may be replaced while it is read.
      () => summary().catch(() => undefined),
      (found) => found !== undefined && found.rows.run !== rows.run,
    );
    expect(again).toMatchObject({
      rows: { total: 10, succeeded: 8, failed: 2, unchanged: 7 },
      usage: { textRecords: 1 },
    });
    expect((await lines()).filter(({ unchanged }) => !unchanged).map(({ id }) => id)).toEqual(["F-107"]);
    expect(await driver.broken([name])).toEqual([]);
  });
});

describe("documents that are no plain text", () => {
  it.each([
    ["incidents/handover.md", "markdown"],
    ["incidents/postmortem.html", "html"],
    ["incidents/quarter.pdf", "pdf"],
    ["incidents/review.pptx", "pptx"],
  ])("have their text beside the result, and offsets that count in it: %s", async (name, format) => {
    const { document, tasks } = await driver.readResult("incidents", name);
    const textFile = `results/incidents/${name}.txt`;
    const bytes = await driver.results.getBlobClient(`incidents/${name}.txt`).downloadToBuffer();
    const text = bytes.toString("utf8");
    expect(document).toMatchObject({ format, textFile, characters: text.length });
    const [task] = tasks as { entities: { text: string; offset: number; length: number }[] }[];
    expect(task?.entities.length).toBeGreaterThan(0);
    for (const entity of task?.entities ?? []) {
      expect(text.slice(entity.offset, entity.offset + entity.length)).toBe(entity.text);
    }
  });

  it("have a map of pages or paragraphs in the record, where they have such", async () => {
    const { document: report } = await driver.readResult("incidents", "incidents/quarter.pdf");
    const text = await textOf("incidents", "incidents/quarter.pdf");
    const { pages } = report as { pages: number[] };
    expect(text.slice(pages[1])).toBe("Outlook\nHannah Cole watches checkout-api from now on.");
    const { document: lease } = await driver.readResult("contracts", "contracts/lease.docx");
    const { paragraphs } = lease as { paragraphs: number[] };
    expect((await textOf("contracts", "contracts/lease.docx")).slice(paragraphs[2], paragraphs[3])).toBe("Payment\n\n");
  });

  it.each(["tickets/broken-printer.eml", "tickets/vpn.msg", "tickets/refund.rtf"])("are %s", async (name) => {
    expect(await driver.readResult("tickets", name)).toMatchObject({ status: "succeeded" });
    expect(await textOf("tickets", name)).not.toBe("");
  });

  async function textOf(pipeline: string, name: string): Promise<string> {
    return (await driver.results.getBlobClient(`${pipeline}/${name}.txt`).downloadToBuffer()).toString("utf8");
  }
});

describe("the functions over HTTP", () => {
  it("tell where a document stands, and refuse a name that never was", async () => {
    expect(await driver.get("documents/tickets/empty.txt")).toMatchObject({
      name: "tickets/empty.txt",
      places: [{ pipeline: "tickets", state: "failed", record: "failed/tickets/tickets/empty.txt.json" }],
    });
    expect(await driver.get(`documents/${encodeURIComponent("tickets/empty.txt")}`)).toMatchObject({
      name: "tickets/empty.txt",
    });
    const answer = await fetch(`${driver.functions}/api/documents/tickets/never.txt`);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ places: [{ state: "unknown" }] });
  });

  it("are healthy", async () => {
    expect(await driver.get("health")).toMatchObject({ status: "healthy" });
  });

  it("put failed documents on the queue again", async () => {
    await driver.documents.getBlockBlobClient("tickets/flaky.txt").uploadData(Buffer.from("please fail once"));
    language.setScenario({
      rules: [{ when: { operation: "submit" }, do: [{ action: "refuseDocument", containing: "please fail once" }] }],
    });
    await until(
      "the failure",
      () => driver.get<{ places: { state: string }[] }>("documents/tickets/flaky.txt"),
      ({ places }) => places[0]?.state === "failed",
    );
    language.setScenario({ rules: [] });
    const answer = await fetch(`${driver.functions}/api/redrive?pipeline=tickets&prefix=tickets/flaky`, {
      method: "POST",
    });
    expect(answer.status).toBe(202);
    await until(
      "the result",
      () => driver.get<{ places: { state: string }[] }>("documents/tickets/flaky.txt"),
      ({ places }) => places[0]?.state === "succeeded",
    );
    expect(await driver.broken(["tickets/flaky.txt"])).toEqual([]);
  });

  it("analyse again, by a backfill, a document whose result was removed", async () => {
    await driver.results.deleteBlob("tickets/tickets/passwort.txt.json");
    const answer = await fetch(`${driver.functions}/api/backfill?prefix=tickets/pass`, { method: "POST" });
    expect(answer.status).toBe(202);
    await driver.recordsUnder("tickets/tickets/passwort.txt", 1);
  });

  it("refuse a pipeline that is not configured, naming those that are", async () => {
    const answer = await fetch(`${driver.functions}/api/redrive?pipeline=tickts`, { method: "POST" });
    expect(answer.status).toBe(404);
    expect(JSON.stringify(await answer.json())).toContain(
      "known are: tickets, contracts, incidents, feedback, _unmatched",
    );
  });
});

it("did nothing that Azure would punish", () => {
  expect([...stack.host.violations]).toEqual([]);
});
