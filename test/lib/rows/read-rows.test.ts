import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Row } from "../../../src/lib/rows/read-rows.ts";
import { formatOf, rowsIn } from "./rows-in.ts";

const brief = ({ row, line, id, text, problem }: Row) => [row, line, id, text ?? problem?.code];

describe("the rows of a CSV file", () => {
  it.each([
    ["commas", "id,text\n1,one\n2,two\n"],
    ["semicolons", "id;text\n1;one\n2;two\n"],
    ["tabs", "id\ttext\n1\tone\n2\ttwo"],
    ["bars and another column in between", "text|x|id\none|7|1\ntwo|8|2"],
    ["line ends of Windows", "id,text\r\n1,one\r\n2,two\r\n"],
    ["line ends of old Macs", "id,text\r1,one\r2,two\r"],
    ["a byte order mark", "\ufeffid,text\n1,one\n2,two\n"],
    ["quotes around all", '"id","text"\n"1","one"\n"2","two"\n'],
    ["semicolons, and commas in the texts", 'id;text;more\n1;one;"a,b,c"\n2;two;"d,e,f"\n'],
    ["an empty column too many, as spreadsheets write it", "id,text\n1,one,\n2,two,\n"],
  ])("are found with %s, without being told", async (_, content) => {
    const rows = await rowsIn(content);
    expect(rows.map(({ row, id, text }) => [row, id, text])).toEqual([
      [1, "1", "one"],
      [2, "2", "two"],
    ]);
  });

  it("know the line that they begin on, blank lines and line breaks in quotes counted", async () => {
    const rows = await rowsIn('id,text\n\n1,"a\nb"\r\n\n\n2,"c\r\nd"\n,\n3,e');
    expect(rows.map(brief)).toEqual([
      [1, 3, "1", "a\nb"],
      [2, 7, "2", "c\r\nd"],
      [3, 10, "3", "e"],
    ]);
  });

  it("fail one by one, with their lines, and the file goes on", async () => {
    const rows = await rowsIn(
      [
        "id,text",
        "1,good",
        '2,"bad"ly quoted',
        "3,one,two many",
        "4",
        '5,a 5" disk',
        '6,"never closed',
        "7,good",
        "8,  ",
        '9,"open again',
      ].join("\n"),
    );
    expect(rows.map(brief)).toEqual([
      [1, 2, "1", "good"],
      [2, 3, undefined, "BadQuotes"],
      [3, 4, undefined, "ColumnCount"],
      [4, 5, undefined, "ColumnCount"],
      [5, 6, "5", 'a 5" disk'],
      [6, 7, undefined, "BadQuotes"],
      [7, 8, "7", "good"],
      [8, 9, "8", "EmptyText"],
      [9, 10, undefined, "BadQuotes"],
    ]);
    for (const { problem } of rows) expect(JSON.stringify(problem ?? "")).not.toMatch(/badly|too many|never closed/);
  });

  it("are held up by no row, however long it or the quote that nothing closes is", async () => {
    const rows = await rowsIn(
      `id,text\n1,${"x".repeat(3_000_000)}\n2,"${`${"y".repeat(99)}\n`.repeat(11_000)}\n3,good\n`,
      {
        settings: { delimiter: "," },
      },
    );
    expect(brief(rows[0] as Row)).toEqual([1, 2, undefined, "RowTooLong"]);
    expect(brief(rows[1] as Row)).toEqual([2, 3, undefined, "RowTooLong"]);
    expect(rows.at(-1)).toMatchObject({ id: "3", text: "good", line: 11_004 });
  });

  it.each(["utf16le", "utf-16be", "latin1"] as const)("are read in %s as well", async (encoding) => {
    const text = '\ufeffid,text\n1,"Grüße\nund mehr"\n2,"schön"bös\n3,Äpfel und Öl und noch mehr übles Zeug\n';
    const bytes =
      encoding === "latin1"
        ? Buffer.from(text.slice(1), "latin1")
        : encoding === "utf16le"
          ? Buffer.from(text, "utf16le")
          : Buffer.from(text, "utf16le").swap16();
    for (const size of [1, 7, 1_000]) {
      const rows = await rowsIn(bytes, { size });
      expect(rows.map(brief)).toEqual([
        [1, 2, "1", "Grüße\nund mehr"],
        [2, 4, undefined, "BadQuotes"],
        [3, 5, "3", "Äpfel und Öl und noch mehr übles Zeug"],
      ]);
    }
  });

  it("are found by number where no line names the columns", async () => {
    const rows = await rowsIn("7;one\n8;two\n", { settings: { header: false, text: 2, id: 1 } });
    expect(rows.map(brief)).toEqual([
      [1, 1, "7", "one"],
      [2, 2, "8", "two"],
    ]);
  });

  it.each([
    ["NotRows", "rows.pdf", "id,text\n"],
    ["ColumnMissing", "rows.csv", "id,body\n1,one\n"],
    ["EmptyDocument", "rows.csv", ""],
    ["NotText", "rows.csv", "%PDF-1.7\n"],
  ])("are not there: %s", (code, name, content) => {
    expect(() => formatOf(Buffer.from(content), name)).toThrow(expect.objectContaining({ code }));
  });
});

describe("the rows of a file of JSON lines", () => {
  it("fail one by one, with their lines, and the file goes on", async () => {
    const rows = await rowsIn(
      [
        '{"id":1,"text":"one"}',
        '{"id":"2","text":',
        "",
        '{"id":"3"}',
        '{"id":"4","text":7}',
        '{"id":"5","text":null}',
        '{"id":"6","text":"six\\nlines"}',
        '{"id":"7","text":"nul\\u0000"}',
      ].join("\n"),
      { name: "rows.jsonl" },
    );
    expect(rows.map(brief)).toEqual([
      [1, 1, "1", "one"],
      [2, 2, undefined, "NotJson"],
      [3, 4, "3", "TextMissing"],
      [4, 5, "4", "TextIsNoString"],
      [5, 6, "5", "EmptyText"],
      [6, 7, "6", "six\nlines"],
      [7, 8, "7", "NotText"],
    ]);
  });

  it("have their text at the end of a path", async () => {
    const content = '{"a":{"b":"deep"},"key":"k"}\n{"a.b":"flat","key":"l"}\n';
    const rows = await rowsIn(content, { name: "rows.ndjson", settings: { text: "a.b", id: "key" } });
    expect(rows.map(({ id, text }) => [id, text])).toEqual([
      ["k", "deep"],
      ["l", "flat"],
    ]);
  });
});

describe("rows, whatever is in them", () => {
  const cell = fc.string({
    unit: fc.constantFrom("a", "é", "漢", "😀", ",", ";", '"', "\n", "\r\n", " ", "\t"),
    maxLength: 12,
  });
  const cells = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 30 });
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const isText = (text: string) => /\S/.test(text);

  it("are the same however the bytes come, and from whichever row reading goes on", async () => {
    await fc.assert(
      fc.asyncProperty(
        cells,
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom("\n", "\r\n"),
        async (table, size, end) => {
          const lines = [["id", "text"], ...table].map(([id, text]) => `${quoted(id ?? "")},${quoted(text ?? "")}`);
          const content = lines.join(end);
          const rows = await rowsIn(content, { size, settings: { delimiter: "," } });
          const kept = table.filter(([id, text]) => id !== "" || text !== "");
          expect(rows.map(({ id, text, problem }) => [id, text ?? problem?.code])).toEqual(
            kept.map(([id, text]) => [id, isText(text) ? text : "EmptyText"]),
          );
          for (const [index, { end: offset, row }] of rows.entries()) {
            const rest = await rowsIn(content, {
              size,
              from: { ...offset, row: row + 1 },
              settings: { delimiter: "," },
            });
            expect(rest).toEqual(rows.slice(index + 1));
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("of any bytes at all come to an end, in order, each line once at the most", async () => {
    const mess = fc.string({ unit: fc.constantFrom("a", '"', '""', ",", "\n", "\r\n", " "), maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(mess, fc.integer({ min: 1, max: 20 }), async (text, size) => {
        const content = `id,text\n${text}`;
        const rows = await rowsIn(content, { size });
        expect(rows).toEqual(await rowsIn(content));
        expect(rows.map(({ row }) => row)).toEqual(rows.map((_, index) => index + 1));
        const lines = rows.map(({ line }) => line);
        expect(lines).toEqual([...new Set(lines)].sort((one, other) => one - other));
        const all = content.split("\n").length;
        for (const line of lines) expect(line).toBeLessThanOrEqual(all);
      }),
      { numRuns: 200 },
    );
  });
});
