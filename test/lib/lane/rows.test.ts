import { describe, expect, it } from "vitest";
import { describeDocument } from "../../../src/lib/status/describe-document.ts";
import { describeFailures } from "../../../src/lib/status/describe-failures.ts";
import type { LaneFixture } from "../../helpers/lane-fixture.ts";
import { linesOf, prepare, rowBlobs, settle, summaryOf, table } from "./rows-fixture.ts";
import { stringify } from "./rows-stringify.ts";

/** What an operator is told of the files that did not wholly succeed. */
async function failuresOf(fixture: LaneFixture): Promise<object[]> {
  return (await describeFailures(fixture.sweepContext(), { limit: 50 })).documents;
}

describe("a file of rows", () => {
  it("is cut into parts, and each row has a line, in the order of the file", async () => {
    const fixture = await prepare({ rowsPerPart: 30 });
    await fixture.drop("a.csv", stringify(table(70)), 2);
    await settle(fixture);
    const summary = await summaryOf(fixture, "a.csv");
    expect(summary).toMatchObject({
      status: "succeeded",
      document: { name: "a.csv", encoding: { name: "utf-8" } },
      rows: {
        total: 70,
        succeeded: 70,
        failed: 0,
        unchanged: 0,
        failures: [],
        format: { kind: "csv", delimiter: "," },
      },
      usage: { textRecords: 70 },
    });
    expect(summary.rows.parts.map(({ firstRow, rows }) => [firstRow, rows])).toEqual([
      [1, 30],
      [31, 30],
      [61, 10],
    ]);
    const lines = await linesOf(fixture, "a.csv");
    expect(lines.map(({ row, line, id }) => [row, line, id])).toEqual(table(70).map(([id], n) => [n + 1, n + 2, id]));
    expect(lines[69]).toMatchObject({
      status: "succeeded",
      characters: 7,
      tasks: [{ name: "topic", status: "succeeded" }],
    });
    expect(fixture.language.submitted.map(({ documents }) => documents.length)).toEqual([25, 5, 25, 5, 10]);
    expect([...(await fixture.workBlobs()), ...(await rowBlobs(fixture))]).toEqual([]);
    expect((await fixture.file()).totals).toMatchObject({ succeeded: 70, failed: 0 });
    expect(fixture.events).toContainEqual(
      expect.objectContaining({ event: "document.succeeded", document: "a.csv", textRecords: 70 }),
    );
  });

  it("tells each bad row with its number and line, and where its failure stands; its neighbours have results", async () => {
    const fixture = await prepare({ rowsPerPart: 3 });
    fixture.language.script.onDocument = ({ text }) =>
      text === "refuse me" ? { code: "InvalidDocument", message: "no" } : undefined;
    await fixture.drop("a.csv", 'id,text\n1,one\n2,"bad"ly\n3,\n4,refuse me\n5,"five\nlines"\n6,too,many\n7,seven\n');
    await settle(fixture);
    const summary = await summaryOf(fixture, "a.csv");
    expect(summary).toMatchObject({ status: "partiallySucceeded", rows: { total: 7, succeeded: 3, failed: 4 } });
    const part = (n: number) =>
      `${fixture.containers.failed.containerName}/tickets/a.csv.rows/${summary.rows.run}/0000${n}.jsonl`;
    expect(summary.rows.failures.map(({ row, line, id, code, record }) => [row, line, id, code, record])).toEqual([
      [2, 3, undefined, "BadQuotes", part(1)],
      [3, 4, "3", "EmptyText", part(1)],
      [4, 5, "4", "InvalidDocument", part(2)],
      [6, 8, undefined, "ColumnCount", part(2)],
    ]);
    expect((await linesOf(fixture, "a.csv")).map(({ row }) => row)).toEqual([1, 5, 7]);
    expect((await linesOf(fixture, "a.csv", "failures")).map(({ row, error }) => [row, error?.code])).toEqual([
      [2, "BadQuotes"],
      [3, "EmptyText"],
      [4, "InvalidDocument"],
      [6, "ColumnCount"],
    ]);
    expect((await fixture.file()).totals).toMatchObject({ succeeded: 3, failed: 4 });
    expect(await failuresOf(fixture)).toMatchObject([
      { name: "a.csv", code: "BadQuotes", status: "partiallySucceeded" },
    ]);

    fixture.language.script.onDocument = () => undefined;
    await fixture.announce("a.csv", "redrive");
    await settle(fixture);
    const again = await summaryOf(fixture, "a.csv");
    expect(again.rows).toMatchObject({ total: 7, succeeded: 4, failed: 3, unchanged: 3 });
    expect(again.rows.run).not.toBe(summary.rows.run);
    expect(again.usage.textRecords).toBe(1);
    expect(fixture.language.submitted.at(-1)?.documents.map(({ text }) => text)).toEqual(["refuse me"]);
    const standing = [...(await fixture.results()), ...(await fixture.failures())];
    expect(standing.filter((name) => !name.includes(`.rows/${again.rows.run}/`))).toEqual(["tickets/a.csv.json"]);
  });

  it("dropped again has only its changed and new rows analysed; those that went have no result any more", async () => {
    const fixture = await prepare({ rowsPerPart: 10 });
    const rows = table(30);
    await fixture.drop("a.csv", stringify(rows));
    await settle(fixture);
    const jobs = fixture.language.submitted.length;
    const changed = [
      ["new", "first of all"],
      ...rows.slice(0, 12).reverse(),
      ["r12", "another text"],
      ...rows.slice(14),
    ];
    await fixture.drop("a.csv", stringify(changed as [string, string][]));
    await settle(fixture);
    const sent = fixture.language.submitted.slice(jobs).flatMap(({ documents }) => documents.map(({ text }) => text));
    expect(sent.sort()).toEqual(["another text", "first of all"]);
    const lines = await linesOf(fixture, "a.csv");
    expect(lines.map(({ row, id }) => [row, id])).toEqual(changed.map(([id], n) => [n + 1, id]));
    expect(lines.filter(({ unchanged }) => !unchanged).map(({ id }) => id)).toEqual(["new", "r12"]);
    const summary = await summaryOf(fixture, "a.csv");
    expect(summary.rows).toMatchObject({ total: 30, succeeded: 30, unchanged: 28 });
    expect(summary.usage.textRecords).toBe(2);
    const old = (await fixture.results()).filter((name) => !name.includes(summary.rows.run));
    expect(old).toEqual(["tickets/a.csv.json"]);

    await fixture.drop("a.csv", stringify(rows.slice(0, 5)));
    fixture.pipeline.tasks = [{ ...fixture.pipeline.tasks[0], name: "other" }] as typeof fixture.pipeline.tasks;
    await settle(fixture);
    // Results of other tasks are no results of these.
    expect((await summaryOf(fixture, "a.csv")).rows).toMatchObject({ total: 5, succeeded: 5, unchanged: 0 });
  });

  it("that asks for it has all of its rows analysed anew", async () => {
    const fixture = await prepare({ unchanged: "analyse" });
    await fixture.drop("a.csv", stringify(table(3)));
    await settle(fixture);
    await fixture.drop("a.csv", stringify(table(3)));
    await settle(fixture);
    expect((await summaryOf(fixture, "a.csv")).rows).toMatchObject({ total: 3, unchanged: 0 });
    expect([...fixture.language.timesSent.values()]).toEqual([2, 2, 2]);
  });

  it("replaced while its parts are under way begins no further part, and pays for no row twice", async () => {
    const fixture = await prepare({ rowsPerPart: 5 });
    const rows = table(20);
    await fixture.drop("a.csv", stringify(rows));
    // Its first part is with the service.
    await fixture.run((next) => next.action === "collect" && fixture.language.submitted.length > 0);
    const [place] = (await describeDocument(fixture.sweepContext(), "a.csv")).places;
    expect(place).toMatchObject({ state: "running", rows: { parts: 4, partsDone: 0, succeeded: 0 } });
    await fixture.drop("a.csv", stringify(rows.slice(0, 19)));
    await settle(fixture, 1);
    expect(await fixture.results()).toEqual([]);
    expect(fixture.language.submitted).toHaveLength(1);
    await settle(fixture);
    const summary = await summaryOf(fixture, "a.csv");
    expect(summary.rows).toMatchObject({ total: 19, succeeded: 19, unchanged: 5 });
    expect(new Set(fixture.language.timesSent.values())).toEqual(new Set([1]));
    expect(fixture.language.timesSent.size).toBe(19);
    const old = (await fixture.results()).filter((name) => !name.includes(summary.rows.run));
    expect(old).toEqual(["tickets/a.csv.json"]);
    expect(await rowBlobs(fixture)).toEqual([]);
  });

  it("deleted while its parts are under way has no further row sent, and ends with what it has", async () => {
    const fixture = await prepare({ rowsPerPart: 5 });
    await fixture.drop("a.csv", stringify(table(12)));
    await fixture.run((next) => next.action === "collect" && fixture.language.submitted.length > 0);
    await fixture.containers.input.deleteBlob("a.csv");
    await settle(fixture);
    const summary = await summaryOf(fixture, "a.csv");
    expect(summary.rows).toMatchObject({ total: 12, succeeded: 5, failed: 7 });
    expect(summary.rows.failures[0]).toMatchObject({ row: 6, code: "DocumentNotFound" });
    expect(fixture.language.timesSent.size).toBe(5);
  });

  it("of which nothing can be analysed has a failure record, and nothing else", async () => {
    const fixture = await prepare();
    await fixture.drop("a.csv", stringify(table(3)));
    await fixture.drop("b.csv", "id,text\n1,\n2,\n");
    await fixture.drop("c.csv", "id,body\n1,one\n");
    await fixture.drop("d.csv", "id,text\n");
    await fixture.drop("e.txt", "id,text\n1,one\n");
    await settle(fixture);
    expect(await fixture.read("failed", "b.csv")).toMatchObject({
      error: { code: "EmptyText", source: "reader" },
      rows: { total: 2, failed: 2 },
    });
    expect(await fixture.read("failed", "c.csv")).toMatchObject({ error: { code: "ColumnMissing" } });
    expect(await fixture.read("results", "d.csv")).toMatchObject({ status: "succeeded", rows: { total: 0 } });
    expect(await fixture.read("failed", "e.txt")).toMatchObject({ error: { code: "NotRows" } });

    // The rows of an earlier version do not outlive it.
    await fixture.drop("a.csv", "nothing,of\nthat,kind\n");
    await settle(fixture);
    expect((await fixture.results()).filter((name) => name.includes("a.csv"))).toEqual([]);
    expect((await fixture.failures()).filter((name) => name.includes("a.csv"))).toEqual(["tickets/a.csv.json"]);
  });

  it("keeps its rows while the service refuses everything, and loses none", async () => {
    const fixture = await prepare({ rowsPerPart: 5 });
    let refused = 0;
    fixture.language.script.onSubmit = () => {
      refused++;
      if (refused === 2)
        return { class: "throttled", code: "429", message: "slow", hint: "wait", retryAfterSeconds: 7 };
      if (refused === 4) return { class: "blocked", code: "401", message: "who are you", hint: "put the key right" };
      return undefined;
    };
    await fixture.drop(
      "a.jsonl",
      table(12)
        .map(([id, text]) => JSON.stringify({ id, text }))
        .join("\n"),
    );
    await settle(fixture);
    expect((await summaryOf(fixture, "a.jsonl")).rows).toMatchObject({ total: 12, succeeded: 12, failed: 0 });
    expect(new Set(fixture.language.timesSent.values())).toEqual(new Set([1]));
  });
});
