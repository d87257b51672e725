import { describe, expect, it } from "vitest";
import { linesOf, prepare, summaryOf, table } from "./rows-fixture.ts";
import { stringify } from "./rows-stringify.ts";

describe("a file of rows", () => {
  it("is cut into parts, and each row has a line, in the order of the file", async () => {
    const fixture = await prepare({ rowsPerPart: 30 });
    await fixture.drop("a.csv", stringify(table(70)));
    await fixture.finish();
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
    expect(await fixture.workBlobs()).toEqual([]);
  });
});
