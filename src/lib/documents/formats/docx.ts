import JSZip from "jszip";
import mammoth from "mammoth";
import type { Extracted, Source } from "./format.ts";
import { textOfHtml } from "./html.ts";
import { damaged, emptyFile } from "./refusals.ts";
import { refuseDeclarations, unpack } from "./zip.ts";

const WHAT = "a Word document (.docx)";
/** The parts of the package that mammoth reads text from: pictures and fonts stay packed. */
const TEXT_PARTS = /\.(?:xml|rels)$/i;

/**
 * Reads a Word document: body, tables, foot- and endnotes; inserted text of tracked changes, not deleted. What stands in
 * headers and footers, or in comments, is left out.
 *
 * Mammoth gets only the parts that hold text, repacked without compression: it would unpack whatever the archive holds.
 */
export async function readDocx({ bytes, limits }: Source): Promise<Extracted> {
  const parts = await unpack(bytes, WHAT, limits, (name) => TEXT_PARTS.test(name));
  refuseDeclarations(parts, WHAT);
  const archive = new JSZip();
  for (const [name, content] of parts) archive.file(name, content);
  const buffer = await archive.generateAsync({ type: "nodebuffer", compression: "STORE" });
  const { value: markup } = await mammoth
    .convertToHtml(
      { buffer },
      { ignoreEmptyParagraphs: false, convertImage: mammoth.images.imgElement(async () => ({ src: "" })) },
    )
    .catch((error: unknown) => {
      throw error instanceof RangeError ? error : damaged(WHAT);
    });
  const paragraphs: number[] = [];
  const text = textOfHtml(markup, limits, paragraphs);
  if (text.trim() === "") throw emptyFile(WHAT);
  return { text, paragraphs };
}
