import { deflateSync } from "node:zlib";
import { docxParts, makeDocx, paragraph, pptxParts } from "../../../../scripts/samples/make-office.ts";
import { assemblePdf, stream } from "../../../../scripts/samples/make-pdf.ts";
import { makeZip } from "../../../../scripts/samples/make-zip.ts";

export const MEGABYTE = 1024 * 1024;
/** A little more than the limits of these tests let a file unpack to. */
export const TOO_MUCH = 31 * MEGABYTE;
/** Sound files, to be broken. */
export const docx = makeDocx(paragraph("A contract between Ann and Bob."));
export const mail = "From: ann@example.com\r\nSubject: Hi\r\n\r\nHello.\r\n";

/** A Word document with one of its parts replaced. */
export const docxWith = (parts: Record<string, string | Uint8Array>): Uint8Array =>
  makeZip({ ...docxParts(paragraph("x")), ...parts });

export const wordXml = (body: string, before = ""): string =>
  `<?xml version="1.0"?>${before}<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${body}</w:body></w:document>`;

export const slideXml = (content: string): string =>
  `<p:sld xmlns:p="p" xmlns:a="a"><p:sp><p:txBody>${content}</p:txBody></p:sp></p:sld>`;

export const pptxWith = (slide: string): Uint8Array =>
  makeZip({ ...pptxParts([{ shapes: "" }]), "ppt/slides/slide1.xml": slide });

/** To pack so much takes a while: it is done once. */
export const unpacksToMuch = docxWith({ "word/document.xml": wordXml(" ".repeat(TOO_MUCH)) });

/** A local file header that says another size than the content has; the central directory says so too. */
export function lyingZip(): Uint8Array {
  const bytes = Buffer.from(unpacksToMuch);
  // Every size of a megabyte and more becomes one kilobyte.
  for (let at = bytes.indexOf("PK\x01\x02"); at >= 0; at = bytes.indexOf("PK\x01\x02", at + 4)) {
    if (bytes.readUInt32LE(at + 24) > MEGABYTE) bytes.writeUInt32LE(1024, at + 24);
  }
  return bytes;
}

/** Two entries whose content is the same bytes, as overlapping bombs have them. */
export function overlappingZip(): Uint8Array {
  const bytes = Buffer.from(makeZip({ "word/document.xml": wordXml("a"), "word/styles.xml": wordXml("b") }));
  const first = bytes.indexOf("PK\x01\x02");
  const second = bytes.indexOf("PK\x01\x02", first + 4);
  bytes.writeUInt32LE(bytes.readUInt32LE(first + 42), second + 42);
  return bytes;
}

export function encryptedZip(): Uint8Array {
  const bytes = Buffer.from(docx);
  for (let at = bytes.indexOf("PK\x01\x02"); at >= 0; at = bytes.indexOf("PK\x01\x02", at + 4)) {
    bytes.writeUInt16LE(bytes.readUInt16LE(at + 8) | 1, at + 8);
  }
  return bytes;
}

/** An Office file that its program encrypted is an OLE file with a stream of this name. */
export const encryptedOffice = Buffer.concat([
  Buffer.from("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "latin1"),
  Buffer.alloc(1024),
  Buffer.from("EncryptedPackage", "utf16le"),
]);

export const catalog = "<< /Type /Catalog /Pages 2 0 R >>";
const page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>";

export const manyPages = (count: number): Uint8Array =>
  assemblePdf([catalog, `<< /Type /Pages /Kids [${"3 0 R ".repeat(count)}] /Count ${count} >>`, page, stream("")]);

/** Says it has a million pages, and has a page tree of a million leaves, all the same page. */
export function millionPages(): Uint8Array {
  const node = (kid: number, count: number) =>
    `<< /Type /Pages /Parent 2 0 R /Kids [${`${kid} 0 R `.repeat(100)}] /Count ${count} >>`;
  return assemblePdf([catalog, node(3, 1_000_000), node(4, 10_000), node(5, 100), page, stream("")]);
}

const spaces = deflateSync(Buffer.alloc(200 * MEGABYTE, " "));

export function pdfBomb(filters: 1 | 2): Uint8Array {
  const content = filters === 1 ? spaces : deflateSync(spaces);
  const names = "/FlateDecode ".repeat(filters);
  return assemblePdf([
    catalog,
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    page,
    rawStream(content, `/Filter [${names}]`),
  ]);
}

function rawStream(content: Uint8Array, dictionary: string): Uint8Array {
  return Buffer.concat([
    Buffer.from(`<< /Length ${content.length} ${dictionary} >>\nstream\n`),
    content,
    Buffer.from("\nendstream"),
  ]);
}

export const encryptedPdf = assemblePdf(
  [
    catalog,
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    page,
    stream("BT ET"),
    `<< /Filter /Standard /V 1 /R 2 /P -1 /O <${"41".repeat(32)}> /U <${"42".repeat(32)}> >>`,
  ],
  "/Encrypt 5 0 R /ID [<00> <00>] ",
);

/** Multipart inside multipart, as deep as asked. */
export function nestedMail(depth: number): string {
  let text = "From: ann@example.com\r\n";
  for (let level = 0; level < depth; level++)
    text += `Content-Type: multipart/mixed; boundary="b${level}"\r\n\r\n--b${level}\r\n`;
  return `${text}Content-Type: text/plain\r\n\r\nHello.\r\n`;
}

/** Messages forwarded in messages. */
export function forwardedMail(depth: number): string {
  let text = "";
  for (let level = 0; level < depth; level++)
    text += `From: a${level}@example.com\r\nContent-Type: message/rfc822\r\n\r\n`;
  return `${text}${mail}`;
}

export const billionLaughs = `<!DOCTYPE w [<!ENTITY a "ha">${"bcdefghij"
  .split("")
  .map((name, index) => `<!ENTITY ${name} "${`&${"abcdefghi"[index]};`.repeat(10)}">`)
  .join("")}]>`;
