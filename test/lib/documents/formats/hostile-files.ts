import { deflateRawSync, gzipSync } from "node:zlib";
import { makeMsg } from "../../../../scripts/samples/make-msg.ts";
import { makeDocx, makePptx, paragraph, shape } from "../../../../scripts/samples/make-office.ts";
import { assemblePdf, makePdf, stream } from "../../../../scripts/samples/make-pdf.ts";
import { makeZip } from "../../../../scripts/samples/make-zip.ts";
import {
  billionLaughs,
  catalog,
  docx,
  docxWith,
  encryptedOffice,
  encryptedPdf,
  encryptedZip,
  forwardedMail,
  lyingZip,
  MEGABYTE,
  mail,
  manyPages,
  millionPages,
  nestedMail,
  overlappingZip,
  pdfBomb,
  pptxWith,
  slideXml,
  TOO_MUCH,
  unpacksToMuch,
  wordXml,
} from "./make-hostile.ts";
/** A file made to do harm, or broken on its way; and how it has to end: a code, or `text` where there is some to be had. */
export interface HostileFile {
  name: string;
  bytes: Uint8Array;
  ends: string;
}

const pptx = makePptx([{ shapes: shape(["Results"]) }]);
const pdf = makePdf([[{ x: 72, y: 700, text: "A report." }]]);
const msg = makeMsg({
  subject: "Order",
  from: { name: "Ann", address: "ann@example.com" },
  to: { name: "Bob", address: "bob@example.com" },
  sentAt: 0,
  body: "It is broken.",
});

const file = (name: string, content: Uint8Array | string, ends: string): HostileFile => ({
  name,
  bytes: typeof content === "string" ? Buffer.from(content, "latin1") : content,
  ends,
});

const half = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, Math.floor(bytes.length / 2));

/** Flips bits here and there, the same each time. */
function scrambled(bytes: Uint8Array, from: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  for (let index = from; index < copy.length; index += 37) copy[index] = (copy[index] ?? 0) ^ 0x5a;
  return copy;
}

/** At least sixty: bombs, cut-off files, files under a false name, files that are two things at once, traps for patterns. */
export function hostileFiles(): HostileFile[] {
  return [...bombs(), ...broken(), ...renamed(), ...polyglots(), ...traps(), ...protectedFiles()];
}

function bombs(): HostileFile[] {
  const deep = (tag: string, depth: number) => `<${tag}>`.repeat(depth);
  return [
    file("unpacks to much.docx", unpacksToMuch, "UnpackedTooLarge"),
    file(
      "unpacks to much in a part nobody needs.docx",
      docxWith({ "word/other.xml": Buffer.alloc(TOO_MUCH) }),
      "UnpackedTooLarge",
    ),
    file(
      "many parts.docx",
      makeZip(
        Object.fromEntries(
          Array.from({ length: TOO_MUCH / MEGABYTE }, (_, n) => [`word/document${n}.xml`, Buffer.alloc(MEGABYTE)]),
        ),
      ),
      "UnpackedTooLarge",
    ),
    file("big picture.docx", docxWith({ "word/media/a.png": Buffer.alloc(TOO_MUCH) }), "text"),
    file("lies about its size.docx", lyingZip(), "DocumentDamaged"),
    file("overlapping.docx", overlappingZip(), "EmptyDocument"),
    file(
      "laughs.docx",
      docxWith({ "word/document.xml": wordXml("<w:p><w:r><w:t>&j;</w:t></w:r></w:p>", billionLaughs) }),
      "DocumentDamaged",
    ),
    file(
      "reads a file.docx",
      docxWith({
        "word/document.xml": wordXml(
          "<w:p><w:r><w:t>&x;</w:t></w:r></w:p>",
          '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        ),
      }),
      "DocumentDamaged",
    ),
    file(
      "deep.docx",
      docxWith({
        "word/document.xml": wordXml(
          `${"<w:tbl><w:tr><w:tc>".repeat(20_000)}<w:p/>${"</w:tc></w:tr></w:tbl>".repeat(20_000)}`,
        ),
      }),
      "NestedTooDeep",
    ),
    file("unpacks to much.pptx", pptxWith(slideXml(`<a:p>${" ".repeat(TOO_MUCH)}</a:p>`)), "UnpackedTooLarge"),
    file("laughs.pptx", pptxWith(`${billionLaughs}${slideXml("<a:p><a:t>&j;</a:t></a:p>")}`), "DocumentDamaged"),
    file("unknown entity.pptx", pptxWith(slideXml("<a:p><a:t>&j;</a:t></a:p>")), "DocumentDamaged"),
    file("deep.pptx", pptxWith(slideXml(`${deep("a:p", 100_000)}${deep("/a:p", 100_000)}`)), "NestedTooDeep"),
    file("million pages.pdf", millionPages(), "TooManyPages"),
    file("6,000 pages.pdf", manyPages(6000), "TooManyPages"),
    file("unpacks to much.pdf", pdfBomb(1), "ExtractionOutOfMemory"),
    file("packed twice.pdf", pdfBomb(2), "ExtractionOutOfMemory"),
    file(
      "page tree with a loop.pdf",
      assemblePdf([catalog, "<< /Type /Pages /Kids [2 0 R] /Count 1 >>"]),
      "DocumentDamaged",
    ),
    file(
      "form that draws itself.pdf",
      assemblePdf([
        catalog,
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /XObject << /A 5 0 R >> >> >>",
        stream("/A Do"),
        stream(
          "/A Do",
          "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /A 5 0 R >> >> /Filter /FlateDecode",
        ),
      ]),
      "NoTextLayer",
    ),
    file("deep.html", `<!doctype html>${deep("div", 300_000)}x`, "NestedTooDeep"),
    file("unclosed.html", `<!doctype html>${deep("b", 300_000)}x`, "NestedTooDeep"),
    file("deep.rtf", `{\\rtf1 ${"{".repeat(300_000)}x`, "NestedTooDeep"),
    file("deep quotes.md", `${"> ".repeat(50_000)}x`, "NestedTooDeep"),
    file(
      "deep lists.md",
      Array.from({ length: 2000 }, (_, n) => `${" ".repeat(n * 2)}- x`).join("\n"),
      "NestedTooDeep",
    ),
    file("deep.eml", nestedMail(3000), "NestedTooDeep"),
    file("forwarded and forwarded.eml", forwardedMail(3000), "text"),
    file("long header.eml", `From: ann@example.com\r\nX: ${"y".repeat(3 * MEGABYTE)}\r\n\r\nHello.`, "DocumentDamaged"),
    file("deep.json", `{"text":${"[".repeat(200_000)}${"]".repeat(200_000)}}`, "MissingField"),
  ];
}

function broken(): HostileFile[] {
  return [
    file("half.docx", half(docx), "DocumentDamaged"),
    file("half.pptx", half(pptx), "DocumentDamaged"),
    file("half.pdf", half(pdf), "DocumentDamaged"),
    file("half.msg", half(msg), "DocumentDamaged"),
    file("nothing but the sign.pdf", "%PDF-1.7\n", "DocumentDamaged"),
    file("nothing but the sign.docx", "PK\x03\x04word/document.xml", "DocumentDamaged"),
    file(
      "nothing but the sign.msg",
      Buffer.concat([
        Buffer.from("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "latin1"),
        Buffer.from("__properties_version1.0", "utf16le"),
      ]),
      "DocumentDamaged",
    ),
    file("scrambled.docx", scrambled(docx, 60), "DocumentDamaged"),
    file("scrambled.pptx", scrambled(pptx, 60), "DocumentDamaged"),
    file("scrambled.pdf", scrambled(pdf, 20), "DocumentDamaged"),
    file("sectors that lead nowhere.msg", scrambled(msg, 0x4c), "NotText"),
    file(
      "no main part.docx",
      makeZip({ "word/document.xml.bak": "x", "word/styles.xml": wordXml("") }),
      "DocumentDamaged",
    ),
    file("no slides.pptx", makePptx([]), "EmptyDocument"),
    file(
      "tags that do not fit.docx",
      docxWith({ "word/document.xml": "<w:document><w:body></w:document>" }),
      "DocumentDamaged",
    ),
    file("tags that do not fit.pptx", pptxWith("<p:sld><p:sp></p:sld>"), "DocumentDamaged"),
    file("no text.docx", makeDocx(paragraph("")), "EmptyDocument"),
    file("no text.html", "<!doctype html><script>let text = 1</script>", "EmptyDocument"),
    file("no text.rtf", "{\\rtf1 }", "EmptyDocument"),
    file("cut off.rtf", "{\\rtf1{\\fonttbl{\\f0 Arial", "DocumentDamaged"),
    file("endless binary.rtf", "{\\rtf1 Hello \\bin99999999999 world}", "text"),
    file("no header.eml", "This is no message.\nAt all.\n", "DocumentDamaged"),
    file("header alone.eml", "From: ann@example.com\r\n", "EmptyDocument"),
    file("cut off.json", '{"text":"Hel', "DocumentDamaged"),
    file("empty.pdf", "", "EmptyDocument"),
    file("empty.docx", "", "EmptyDocument"),
    file("scan.pdf", makePdf([[], []]), "NoTextLayer"),
  ];
}

function renamed(): HostileFile[] {
  return [
    file("pdf.txt", pdf, "text"),
    file("pdf.docx", pdf, "text"),
    file("docx.pdf", docx, "text"),
    file("docx.zip", docx, "text"),
    file("pptx.docx", pptx, "text"),
    file("msg.eml", msg, "text"),
    file("page.pdf", "<!DOCTYPE html><p>Not found</p>", "text"),
    file("text.docx", "Only words.", "text"),
    file("text.pdf", "Only words.", "text"),
    file("zip.docx", makeZip({ "readme.txt": "Only words." }), "NotText"),
    file("workbook.docx", makeZip({ "xl/workbook.xml": "<x/>" }), "NotText"),
    file("picture.pdf", Buffer.from("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "latin1"), "NotText"),
    file("packed.pdf", gzipSync(pdf), "NotText"),
    file("raw deflate.docx", deflateRawSync(Buffer.alloc(5000, "words ")), "NotText"),
  ];
}

function polyglots(): HostileFile[] {
  return [
    file("page before pdf.html", Buffer.concat([Buffer.from("<!doctype html><p>A page</p>\n"), pdf]), "text"),
    file("pdf and zip.pdf", Buffer.concat([pdf, docx]), "text"),
    file("zip behind rubbish.docx", Buffer.concat([Buffer.alloc(100, "x"), docx]), "NotText"),
    file("two zips.docx", Buffer.concat([docx, makeZip({ "word/document.xml": wordXml("") })]), "DocumentDamaged"),
    file("mail with a page for a head.eml", `<html>\r\n${mail}`, "text"),
    file("climbs out.docx", docxWith({ "../../etc/passwd.xml": "<x/>" }), "DocumentDamaged"),
  ];
}

/** Input on which patterns and parsers that go back take for ever. */
function traps(): HostileFile[] {
  return [
    file("emphasis.md", "*a **a ".repeat(20_000), "text"),
    file("brackets.md", `${"[".repeat(50_000)}](`, "text"),
    file("backticks.md", Array.from({ length: 700 }, (_, n) => "`".repeat(n)).join(" "), "text"),
    file("comments.html", `<!doctype html>${"<!--".repeat(50_000)}`, "EmptyDocument"),
    file("comments before.html", `${"<!-- -->".repeat(100)}x${" ".repeat(200_000)}`, "text"),
    file("attributes.html", `<!doctype html><p ${"a=' ".repeat(50_000)}>x</p>`, "text"),
    file("style.html", `<!doctype html><p style="${"display ".repeat(50_000)}">x</p>`, "text"),
    file("recipients.eml", `From: ${"<".repeat(20_000)}\r\nTo: ${"a, ".repeat(20_000)}\r\n\r\nHello.`, "text"),
    file("words.eml", `From: a@example.com\r\nSubject: ${"=?utf-8?q?a?= ".repeat(5000)}\r\n\r\nHello.`, "text"),
    file("backslashes.rtf", `{\\rtf1 ${"\\'e".repeat(50_000)}x}`, "text"),
  ];
}

function protectedFiles(): HostileFile[] {
  return [
    file("password.pdf", encryptedPdf, "DocumentEncrypted"),
    file("password.docx", encryptedOffice, "DocumentEncrypted"),
    file("entries with a password.docx", encryptedZip(), "DocumentEncrypted"),
    file(
      "old.doc",
      Buffer.concat([Buffer.from("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "latin1"), Buffer.alloc(2000)]),
      "NotText",
    ),
  ];
}
