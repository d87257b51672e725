import { zlibSync } from "fflate";

/** A line of text at a place of the page; points from the lower left corner. */
export interface Line {
  x: number;
  y: number;
  text: string;
  size?: number;
}

/** The bytes of a PDF made of numbered objects; the first is the catalog. */
export function assemblePdf(objects: readonly (string | Uint8Array)[], trailer = ""): Uint8Array {
  const parts: Uint8Array[] = [];
  const offsets: number[] = [];
  let length = 0;
  const add = (part: string | Uint8Array): void => {
    const bytes = typeof part === "string" ? Buffer.from(part, "latin1") : part;
    parts.push(bytes);
    length += bytes.length;
  };
  add("%PDF-1.7\n");
  for (const [index, object] of objects.entries()) {
    offsets.push(length);
    add(`${index + 1} 0 obj\n`);
    add(object);
    add("\nendobj\n");
  }
  const start = length;
  add(`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`);
  for (const offset of offsets) add(`${String(offset).padStart(10, "0")} 00000 n \n`);
  add(`trailer\n<< /Size ${objects.length + 1} /Root 1 0 R ${trailer}>>\nstartxref\n${start}\n%%EOF\n`);
  return Buffer.concat(parts);
}

/** A compressed stream object. */
export function stream(content: string | Uint8Array, dictionary = "/Filter /FlateDecode"): Uint8Array {
  const raw = typeof content === "string" ? Buffer.from(content, "latin1") : content;
  const bytes = dictionary.includes("Flate") ? zlibSync(raw) : raw;
  const head = `<< /Length ${bytes.length} ${dictionary} >>\nstream\n`;
  return Buffer.concat([Buffer.from(head, "latin1"), bytes, Buffer.from("\nendstream")]);
}

/** A PDF with a text layer in Helvetica (windows-1252 letters). A page without lines holds a picture. */
export function makePdf(pages: readonly (readonly Line[])[]): Uint8Array {
  const kids = pages.map((_, index) => `${4 + index * 2} 0 R`);
  const objects: (string | Uint8Array)[] = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    `<< /Type /Pages /Kids [${kids.join(" ")}] /Count ${pages.length} >>`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
  ];
  for (const [index, lines] of pages.entries()) {
    objects.push(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${5 + index * 2} 0 R /Resources << /Font << /F1 3 0 R >> >> >>`,
      stream(lines.length === 0 ? PICTURE : lines.map(drawn).join("\n")),
    );
  }
  return assemblePdf(objects);
}

/** A grey square, as an image inside the page. */
const PICTURE = "q 200 0 0 200 100 500 cm BI /W 1 /H 1 /CS /G /BPC 8 /F /AHx ID 80> EI Q";

function drawn({ x, y, text, size = 11 }: Line): string {
  const written = text.replace(/[\\()]/g, "\\$&").replaceAll("€", "\x80");
  return `BT /F1 ${size} Tf 1 0 0 1 ${x} ${y} Tm (${written}) Tj ET`;
}
