import { describe, expect, it } from "vitest";
import { makeMsg } from "../../../../scripts/samples/make-msg.ts";
import {
  heading,
  item,
  makeDocx,
  makePptx,
  paragraph,
  shape,
  slideTable,
  table,
} from "../../../../scripts/samples/make-office.ts";
import { makePdf } from "../../../../scripts/samples/make-pdf.ts";
import { type DocumentText, extractText } from "../../../../src/lib/documents/formats/extract-text.ts";
import type { ExtractionSettings } from "../../../../src/lib/documents/formats/format.ts";
import { LIMITS } from "./limits.ts";

const read = (name: string, bytes: Uint8Array | string, settings: ExtractionSettings = {}): Promise<DocumentText> =>
  extractText(typeof bytes === "string" ? Buffer.from(bytes) : bytes, { name }, { settings, limits: LIMITS });

const lines = (...all: string[]): string => all.join("\n");

const MAIL = lines(
  "From: =?utf-8?Q?J=C3=BCrgen?= <juergen@example.com>",
  "To: Ann <ann@example.com>, bob@example.com",
  "Cc: Team: carl@example.com;",
  "Subject: =?iso-8859-1?Q?R=FCckgabe?=",
  "Date: Mon, 02 Mar 2026 10:00:00 +0100",
  'Content-Type: multipart/mixed; boundary="x"',
  "",
  "--x",
  "Content-Type: text/plain; charset=utf-8",
  "",
  "Dear Ann,",
  "",
  "the printer goes back.",
  "--x",
  'Content-Type: application/pdf; name="slip.pdf"',
  "Content-Transfer-Encoding: base64",
  "Content-Disposition: attachment; filename=slip.pdf",
  "",
  "JVBERi0=",
  "--x--",
);

const HTML_ONLY_MAIL = lines(
  "From: ann@example.com",
  "Subject: Lunch",
  "MIME-Version: 1.0",
  "Content-Type: text/html; charset=utf-8",
  "",
  "<p>Soup &amp; <b>bread</b></p><p>at noon</p>",
);

const PAGE = `<!DOCTYPE html><html><head><title>Prices</title><style>p{}</style><script>alert("no")</script></head><body>
<h1>Our   prices</h1><p>From <em>May</em> on:<br>all new.</p>
<ul><li>Paper<ul><li>white</ul><li>Ink</ul><ol start="3"><li>three<li>four</ol>
<table><tr><th>Name</th><th>Price</th></tr><tr><td><p>Paper</p></td><td></td><td>3&nbsp;&euro;</td></tr></table>
<pre>a  b
c</pre><p hidden>no</p><p style="display: none">no</p><p>Bye</p></body></html>`;

const RTF = String.raw`{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fnil\fcharset0 Arial;}{\f1\fcharset204 Arial;}}
{\*\generator Word;}{\info{\title Hidden}}\pard\f0 Gr\'fc\'dfe an {\b Ann}\par
{\f1\'cf\'f0\'e8\'e2\'e5\'f2} \u8364?\emdash  \{x\}\line next\par
\trowd Name\cell Price\cell\row Paper\cell 3\cell\row\pard The end.\par}`;

const files: Record<
  string,
  {
    file: [string, Uint8Array | string];
    settings?: ExtractionSettings;
    text: string;
    pages?: number[];
    paragraphs?: number[];
  }
> = {
  "plain text": { file: ["a.txt", "As it is.\r\n"], text: "As it is.\r\n" },
  "JSON that nobody says how to read": { file: ["a.json", '{"a":1}'], text: '{"a":1}' },
  "JSON with a field": { file: ["a.json", '{"text":"Hello","x":1}'], settings: { jsonText: "text" }, text: "Hello" },
  "JSON with a pointer to a list": {
    file: ["a.json", '{"a/b":{"c":["One","Two"]}}'],
    settings: { jsonText: "/a~1b/c" },
    text: "One\nTwo",
  },
  Markdown: {
    file: [
      "a.md",
      "# Head\n\nSome *words* and a [link](https://example.com/x).\n\n- one\n- two\n\n| a | b |\n|---|---|\n| c | d |\n",
    ],
    text: "Head\n\nSome words and a link.\n\n- one\n- two\n\na\tb\nc\td",
  },
  HTML: {
    file: ["a.html", PAGE],
    text: "Prices\n\nOur prices\n\nFrom May on:\nall new.\n\n- Paper\n  - white\n- Ink\n\n3. three\n4. four\n\nName\tPrice\nPaper\t\t3\u00a0€\n\na  b\nc\n\nBye",
  },
  "a Word document": {
    file: [
      "a.docx",
      makeDocx(
        heading("Contract") +
          paragraph("Between A & B.") +
          item("first") +
          item("second") +
          item("one", 2) +
          item("two", 2) +
          table([
            ["Name", "Price"],
            ["Paper", "3 €"],
          ]) +
          paragraph("") +
          paragraph("The end."),
      ),
    ],
    text: "Contract\n\nBetween A & B.\n\n- first\n- second\n\n1. one\n2. two\n\nName\tPrice\nPaper\t3 €\n\nThe end.",
    paragraphs: [0, 10, 26, 34, 44, 51, 59, 64, 70, 76, 81, 81],
  },
  "a presentation": {
    file: [
      "a.pptx",
      makePptx([
        {
          shapes:
            shape(["Results"], "title") +
            shape(["Up 5 %", "Down 3 %"]) +
            slideTable([
              ["a", "b"],
              ["c", "d"],
            ]) +
            shape(["7"], "sldNum"),
          notes: "Say hello.",
        },
        { shapes: shape(["Thanks"], "title") },
      ]),
    ],
    text: "Results\n\nUp 5 %\nDown 3 %\n\na\tb\nc\td\n\nSay hello.\n\nThanks",
    pages: [0, 47],
  },
  "a PDF": {
    file: [
      "a.pdf",
      makePdf([
        [
          { x: 72, y: 760, text: "Annual report", size: 18 },
          { x: 72, y: 720, text: "Sales rose (in Munich)." },
          { x: 72, y: 700, text: "Paper" },
          { x: 200, y: 700, text: "3 €" },
        ],
        [],
        [{ x: 72, y: 760, text: "The end." }],
      ]),
    ],
    text: "Annual report\nSales rose (in Munich).\nPaper 3 €\n\nThe end.",
    pages: [0, 49, 49],
  },
  "a mail message": {
    file: ["a.eml", MAIL],
    text: lines(
      "Subject: Rückgabe",
      "From: Jürgen <juergen@example.com>",
      "To: Ann <ann@example.com>, bob@example.com",
      "Cc: Team: carl@example.com",
      "Date: 2026-03-02T09:00:00.000Z",
      "",
      "Dear Ann,",
      "",
      "the printer goes back.",
      "",
      "Attachments:",
      "- slip.pdf (application/pdf, 5 bytes)",
    ),
  },
  "a mail message in HTML alone": {
    file: ["a.eml", HTML_ONLY_MAIL],
    text: "Subject: Lunch\nFrom: ann@example.com\n\nSoup & bread\n\nat noon",
  },
  "an Outlook message": {
    file: [
      "a.msg",
      makeMsg({
        subject: "Order 17",
        from: { name: "Ann", address: "ann@example.com" },
        to: { name: "Bob", address: "bob@example.com" },
        sentAt: Date.UTC(2026, 2, 1, 10),
        body: "Dear Bob,\r\nit is broken.\r\n",
        attachments: [{ name: "note.txt", type: "text/plain", bytes: Buffer.from("Words.") }],
      }),
    ],
    text: lines(
      "Subject: Order 17",
      "From: Ann <ann@example.com>",
      "To: Bob <bob@example.com>",
      "Date: 2026-03-01T10:00:00.000Z",
      "",
      "Dear Bob,",
      "it is broken.",
      "",
      "Attachments:",
      "- note.txt (text/plain, 6 bytes)",
    ),
  },
  RTF: {
    file: ["a.rtf", RTF],
    text: "Grüße an Ann\n\nПривет €— {x}\nnext\n\nName\tPrice\nPaper\t3\nThe end.",
  },
};

describe("the text of a file", () => {
  it.each(Object.entries(files))(
    "that is %s",
    async (_, { file: [name, bytes], settings = {}, text, pages, paragraphs }) => {
      const found = await read(name, bytes, settings);
      expect(found.text).toBe(text);
      expect(found.pages).toEqual(pages);
      expect(found.paragraphs).toEqual(paragraphs);
      expect(found.formatClash).toBeUndefined();
    },
  );
});
