import { inflateSync } from "node:zlib";
import { strFromU8, strToU8, unzipSync, zipSync } from "fflate";

/** The kinds of file that the service reads, by the end of their names. */
export type FileType = "txt" | "pdf" | "docx";

/** The kind of a file; undefined for one that the service does not read. */
export function fileTypeOf(name: string): FileType | undefined {
  const [, extension = ""] = /\.(\w+)$/.exec(name.toLowerCase()) ?? [];
  return (["txt", "pdf", "docx"] as const).find((type) => type === extension);
}

/** The text of a file; undefined where it has none that can be read. */
export function textOf(type: FileType, content: Buffer): string | undefined {
  try {
    const text = READERS[type](content);
    return text.trim() === "" ? undefined : text;
  } catch {
    return undefined;
  }
}

/** A copy of a file with other words in place of some. */
export function redactedFile(
  type: FileType,
  content: Buffer,
  redacted: { text: string; masks: ReadonlyMap<string, string> },
): Buffer {
  if (type === "txt") return Buffer.from(redacted.text);
  if (type === "pdf") return onePagePdf(redacted.text);
  const parts = unzipSync(content);
  let xml = strFromU8(parts[WORDS] ?? new Uint8Array());
  for (const [words, mask] of redacted.masks) xml = xml.replaceAll(escapeXml(words), escapeXml(mask));
  return Buffer.from(zipSync({ ...parts, [WORDS]: strToU8(xml) }));
}

/** Where a Word document keeps its text. */
const WORDS = "word/document.xml";

const READERS: Record<FileType, (content: Buffer) => string> = {
  txt: (content) => new TextDecoder("utf-8", { fatal: true }).decode(content),
  docx: (content) => {
    const xml = strFromU8(unzipSync(content)[WORDS] ?? new Uint8Array());
    const paragraphs = xml
      .split("</w:p>")
      .map((paragraph) =>
        [...paragraph.matchAll(/<w:t(?: [^>]*)?>([^<]*)<\/w:t>/g)].map(([, words = ""]) => unescapeXml(words)).join(""),
      );
    return paragraphs.join("\n").trimEnd();
  },
  pdf: pdfText,
};

/** The strings that a PDF shows, of streams that are plain or deflated; enough for files made by hand and by simple writers. */
function pdfText(content: Buffer): string {
  const file = content.toString("latin1");
  if (!file.startsWith("%PDF-")) throw new Error("no PDF");
  const lines: string[] = [];
  for (const match of file.matchAll(/stream\r?\n/g)) {
    const start = match.index + match[0].length;
    const end = file.indexOf("endstream", start);
    if (end < 0) break;
    const raw = content.subarray(start, end);
    const body = unpacked(raw).toString("latin1");
    for (const [, shown = ""] of body.matchAll(/\(((?:\\.|[^()\\])*)\)\s*Tj/g))
      lines.push(shown.replaceAll(/\\(.)/g, "$1"));
  }
  return lines.join("\n");
}

function unpacked(stream: Buffer): Buffer {
  try {
    return inflateSync(stream);
  } catch {
    return stream;
  }
}

/** The redacted text as a PDF of its own: the form of the page is not kept. */
function onePagePdf(text: string): Buffer {
  const shown = text
    .split("\n")
    .map((line) => `(${line.replaceAll(/[()\\]/g, "\\$&")}) Tj T*`)
    .join("\n");
  const stream = `BT /F1 11 Tf 14 TL 50 780 Td\n${shown}\nET`;
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  ];
  let file = "%PDF-1.4\n";
  const offsets = objects.map((object, index) => {
    const offset = file.length;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(offset).padStart(10, "0")} 00000 n \n`;
  });
  const size = objects.length + 1;
  const table = `xref\n0 ${size}\n0000000000 65535 f \n${offsets.join("")}`;
  return Buffer.from(
    `${file}${table}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${file.length}\n%%EOF\n`,
    "latin1",
  );
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

function escapeXml(text: string): string {
  return text.replaceAll(/[&<>]/g, (found) => ENTITIES[found] ?? found);
}

function unescapeXml(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
