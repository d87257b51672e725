/**
 * Writes the samples that are no plain text: `npm run samples`. The same bytes each time; a test compares them.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeMsg } from "./samples/make-msg.ts";
import { heading, item, makeDocx, makePptx, paragraph, shape, slideTable, table } from "./samples/make-office.ts";
import { assemblePdf, type Line, makePdf, stream } from "./samples/make-pdf.ts";

const lease = makeDocx(
  heading("Lease of office space") +
    paragraph("Between Harbour Estates Ltd and Nordlicht Design GmbH, from 1 April 2026.") +
    heading("Payment", 2) +
    paragraph("Invoices are due within 30 days. The rent:") +
    table([
      ["Year", "Rent a month"],
      ["2026", "4,200 €"],
      ["2027", "4,350 €"],
    ]) +
    heading("Duties of the tenant", 2) +
    item("keep the rooms clean", 2) +
    item("report damage within a week", 2) +
    paragraph("Either party may end the lease with six months' notice. The courts of Hamburg have jurisdiction."),
);

/** Lines below each other from a place downwards. */
function column(x: number, from: number, lines: readonly string[]): Line[] {
  return lines.map((text, index) => ({ x, y: from - index * 15, text }));
}

/** A row of a table, cell by cell. */
function row(y: number, cells: readonly string[]): Line[] {
  return cells.map((text, index) => ({ x: 72 + index * 130, y, text }));
}

const letter = makePdf([
  column(72, 770, [
    "Sonja Brandt, Lindenweg 4, 20099 Hamburg",
    "",
    "Harbour Estates Ltd",
    "12 March 2026",
    "",
    "Notice of termination",
    "",
    "Dear Sir or Madam,",
    "I hereby end the storage contract of 2 May 2024 with three months' notice.",
    "Please confirm the date and return the deposit of 300 €.",
    "",
    "Yours faithfully, Sonja Brandt",
  ]).filter(({ text }) => text !== ""),
]);

const report = makePdf([
  [
    { x: 72, y: 770, text: "Incidents of the first quarter", size: 18 },
    ...row(730, ["System", "Error", "Duration"]),
    ...row(715, ["checkout-api", "HTTP 503", "35 minutes"]),
    ...row(700, ["search-index", "E-1042", "2 hours"]),
    ...column(72, 660, [
      "On Monday checkout-api answered",
      "with HTTP 503. The Payments team",
      "rolled back the release.",
    ]),
    ...column(320, 660, ["In March search-index was down", "for 2 hours. The Search team", "built the index anew."]),
  ],
  column(72, 770, ["Outlook", "Hannah Cole watches checkout-api from now on."]),
]);

const review = makePptx([
  {
    shapes: `${shape(["Review of incidents"], "title")}${shape(["checkout-api: HTTP 503 for 35 minutes", "The Payments team was on call"])}`,
    notes: "Hannah Cole tells what happened on Monday.",
  },
  {
    shapes: `${shape(["Numbers"], "title")}${slideTable([
      ["System", "Error"],
      ["checkout-api", "HTTP 503"],
    ])}`,
  },
]);

const postmortem = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Postmortem: checkout</title><style>td { padding: 1em }</style></head>
<body><h1>What happened</h1><p>On Monday <b>checkout-api</b> answered with HTTP&nbsp;503 for 35&nbsp;minutes.</p>
<ul><li>The Payments team rolled back the release.</li><li>Hannah Cole wrote to the customers.</li></ul>
<table><tr><th>Time</th><th>System</th></tr><tr><td>08:55</td><td>checkout-api</td></tr></table>
<script>track("postmortem")</script></body></html>
`;

const slip = Buffer.from("Order 4711: one label printer, broken on arrival.\n");

const mail = [
  "From: =?utf-8?Q?J=C3=BCrgen_Vogt?= <juergen.vogt@example.com>",
  "To: Help Desk <help@example.com>",
  "Subject: Label printer arrived broken",
  "Date: Tue, 03 Mar 2026 09:12:00 +0100",
  "Message-ID: <4711@example.com>",
  "MIME-Version: 1.0",
  'Content-Type: multipart/mixed; boundary="part"',
  "",
  "--part",
  "Content-Type: text/plain; charset=utf-8",
  "Content-Transfer-Encoding: 8bit",
  "",
  "Hello,",
  "",
  "the label printer of order 4711 arrived broken and was charged twice.",
  "Please refund one charge; the slip is attached.",
  "",
  "Jürgen Vogt",
  "--part",
  'Content-Type: text/plain; name="slip.txt"',
  "Content-Transfer-Encoding: base64",
  'Content-Disposition: attachment; filename="slip.txt"',
  "",
  slip.toString("base64"),
  "--part",
  'Content-Type: application/pdf; name="letter.pdf"',
  "Content-Transfer-Encoding: base64",
  'Content-Disposition: attachment; filename="letter.pdf"',
  "",
  ...(Buffer.from(letter)
    .toString("base64")
    .match(/.{1,76}/g) ?? []),
  "--part--",
  "",
].join("\r\n");

const message = makeMsg({
  subject: "VPN access for a new colleague",
  from: { name: "Clara Weiss", address: "clara.weiss@example.com" },
  to: { name: "Help Desk", address: "help@example.com" },
  sentAt: Date.UTC(2026, 2, 4, 8, 30),
  body: "Hello,\r\n\r\nplease unlock the VPN account of our new colleague Paul Ortega. He cannot log in since Monday.\r\n\r\nClara Weiss\r\n",
  attachments: [{ name: "form.txt", type: "text/plain", bytes: Buffer.from("Name: Paul Ortega\r\nTeam: Sales\r\n") }],
});

const refund = String.raw`{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss Arial;}}{\info{\author nobody}}
\pard\f0\fs24 {\b Refund of a double charge}\par
Dear support, the invoice of May was charged twice: 49\'80 on the 3rd and again on the 5th.\par
Please pay one back to Z\'fcrich.\par}
`;

const spreadsheet = [
  "id;created;customer;text",
  '1;2026-03-02;Vogt;"The printer jams, again."',
  '2;2026-03-02;Weiss;"The dashboard stays blank',
  'after the update."',
  "3;2026-03-03;Ortega;Please add a dark theme.",
  "",
].join("\r\n");

/** Encrypted by the oldest standard; nobody knows the password. */
const locked = assemblePdf(
  [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
    stream("BT ET"),
    `<< /Filter /Standard /V 1 /R 2 /P -1 /O <${"41".repeat(32)}> /U <${"42".repeat(32)}> >>`,
  ],
  "/Encrypt 5 0 R /ID [<00> <00>] ",
);

/** By their names below `samples/documents`. */
export const SAMPLE_FILES: Readonly<Record<string, Uint8Array | string>> = {
  "contracts/lease.docx": lease,
  "contracts/notice.pdf": letter,
  "contracts/locked.pdf": locked,
  "contracts/scan.pdf": makePdf([[], []]),
  "incidents/postmortem.html": postmortem,
  "incidents/quarter.pdf": report,
  "incidents/review.pptx": review,
  "tickets/broken-printer.eml": mail,
  "tickets/cut-off.docx": lease.subarray(0, 900),
  "tickets/export.csv": spreadsheet,
  "tickets/refund.rtf": refund,
  "tickets/vpn.msg": message,
};

function main(): void {
  const folder = join(import.meta.dirname, "..", "samples", "documents");
  for (const [name, content] of Object.entries(SAMPLE_FILES)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  console.log(`Wrote ${Object.keys(SAMPLE_FILES).length} samples below ${folder}`);
}

if (import.meta.main) main();
