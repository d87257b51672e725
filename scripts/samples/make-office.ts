import { makeZip } from "./make-zip.ts";

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const SLIDES = "http://schemas.openxmlformats.org/presentationml/2006/main";
const DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main";

interface Relation {
  id: string;
  type: string;
  target: string;
}

function relations(list: readonly Relation[]): string {
  const lines = list.map(
    ({ id, type, target }) => `<Relationship Id="${id}" Type="${OFFICE}/${type}" Target="${target}"/>`,
  );
  return `${HEAD}<Relationships xmlns="${PACKAGE}/relationships">${lines.join("")}</Relationships>`;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** A paragraph of a Word document. */
export function paragraph(text: string, properties = ""): string {
  return `<w:p>${properties && `<w:pPr>${properties}</w:pPr>`}<w:r><w:t xml:space="preserve">${escapeXml(text)}</w:t></w:r></w:p>`;
}

export const heading = (text: string, level = 1): string => paragraph(text, `<w:pStyle w:val="Heading${level}"/>`);

/** @param list 1: bullets, 2: numbers */
export function item(text: string, list: 1 | 2 = 1): string {
  return paragraph(text, `<w:numPr><w:ilvl w:val="0"/><w:numId w:val="${list}"/></w:numPr>`);
}

export function table(rows: readonly (readonly string[])[]): string {
  const cells = (row: readonly string[]) => row.map((cell) => `<w:tc>${paragraph(cell)}</w:tc>`).join("");
  return `<w:tbl>${rows.map((row) => `<w:tr>${cells(row)}</w:tr>`).join("")}</w:tbl>`;
}

/** The parts of a Word document around the content of its body. */
export function docxParts(body: string): Record<string, string> {
  const level = (format: string, sign: string) =>
    `<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="${format}"/><w:lvlText w:val="${sign}"/></w:lvl>`;
  const style = (number: number) =>
    `<w:style w:type="paragraph" w:styleId="Heading${number}"><w:name w:val="heading ${number}"/></w:style>`;
  return {
    "[Content_Types].xml": `${HEAD}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`,
    "_rels/.rels": relations([{ id: "r1", type: "officeDocument", target: "word/document.xml" }]),
    "word/_rels/document.xml.rels": relations([
      { id: "r1", type: "styles", target: "styles.xml" },
      { id: "r2", type: "numbering", target: "numbering.xml" },
    ]),
    "word/styles.xml": `${HEAD}<w:styles xmlns:w="${WORD}">${style(1)}${style(2)}</w:styles>`,
    "word/numbering.xml": `${HEAD}<w:numbering xmlns:w="${WORD}"><w:abstractNum w:abstractNumId="1">${level("bullet", "•")}</w:abstractNum><w:abstractNum w:abstractNumId="2">${level("decimal", "%1.")}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="2"/></w:num></w:numbering>`,
    "word/document.xml": `${HEAD}<w:document xmlns:w="${WORD}"><w:body>${body}<w:sectPr/></w:body></w:document>`,
  };
}

export function makeDocx(body: string): Uint8Array {
  return makeZip(docxParts(body));
}

/** A shape of a slide with paragraphs. */
export function shape(paragraphs: readonly string[], placeholder = ""): string {
  const text = paragraphs.map((one) => `<a:p><a:r><a:t>${escapeXml(one)}</a:t></a:r></a:p>`).join("");
  const ph = placeholder && `<p:nvSpPr><p:nvPr><p:ph type="${placeholder}"/></p:nvPr></p:nvSpPr>`;
  return `<p:sp>${ph}<p:txBody>${text}</p:txBody></p:sp>`;
}

export function slideTable(rows: readonly (readonly string[])[]): string {
  const cell = (text: string) =>
    `<a:tc><a:txBody><a:p><a:r><a:t>${escapeXml(text)}</a:t></a:r></a:p></a:txBody></a:tc>`;
  return `<p:graphicFrame><a:tbl>${rows.map((row) => `<a:tr>${row.map(cell).join("")}</a:tr>`).join("")}</a:tbl></p:graphicFrame>`;
}

interface Slide {
  shapes: string;
  notes?: string;
}

export function pptxParts(slides: readonly Slide[]): Record<string, string> {
  const part = (tag: string, content: string) =>
    `${HEAD}<p:${tag} xmlns:p="${SLIDES}" xmlns:a="${DRAWING}" xmlns:r="${OFFICE}">${content}</p:${tag}>`;
  const tree = (shapes: string) => `<p:cSld><p:spTree>${shapes}</p:spTree></p:cSld>`;
  const parts: Record<string, string> = {
    "[Content_Types].xml": `${HEAD}<Types xmlns="${PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`,
    "_rels/.rels": relations([{ id: "r1", type: "officeDocument", target: "ppt/presentation.xml" }]),
    "ppt/presentation.xml": part(
      "presentation",
      `<p:sldIdLst>${slides.map((_, index) => `<p:sldId id="${256 + index}" r:id="s${index + 1}"/>`).join("")}</p:sldIdLst>`,
    ),
    "ppt/_rels/presentation.xml.rels": relations(
      slides.map((_, index) => ({ id: `s${index + 1}`, type: "slide", target: `slides/slide${index + 1}.xml` })),
    ),
  };
  for (const [index, { shapes, notes }] of slides.entries()) {
    parts[`ppt/slides/slide${index + 1}.xml`] = part("sld", tree(shapes));
    if (notes === undefined) continue;
    parts[`ppt/slides/_rels/slide${index + 1}.xml.rels`] = relations([
      { id: "n1", type: "notesSlide", target: `../notesSlides/notesSlide${index + 1}.xml` },
    ]);
    parts[`ppt/notesSlides/notesSlide${index + 1}.xml`] = part(
      "notes",
      tree(`${shape([String(index + 1)], "sldNum")}${shape([notes], "body")}`),
    );
  }
  return parts;
}

export function makePptx(slides: readonly Slide[]): Uint8Array {
  return makeZip(pptxParts(slides));
}
