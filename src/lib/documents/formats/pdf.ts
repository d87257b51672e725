import type { PDFiumModule } from "@hyzyla/pdfium";
import type { Extracted, ExtractionLimits, Source } from "./format.ts";
import { damaged, encrypted, noText, tooManyPages } from "./refusals.ts";
import { TextWriter } from "./text-writer.ts";

type Pdfium = Awaited<ReturnType<typeof PDFiumModule>>;

const WHAT = "a PDF document";
/** What `FPDF_GetLastError` says (fpdfview.h). */
const WRONG_PASSWORD = 4;
const UNKNOWN_SECURITY = 5;
/** WebAssembly memory never shrinks: an instance that has grown beyond this is not used again. */
const KEPT_BYTES = 64 * 1024 * 1024;

/** PDFium puts this where a word was hyphenated at the end of a line; with the line break it is no part of the word. */
const HYPHEN = "\u0002";
const HYPHENATED = /\ufffe(?:\r?\n)?/g;

let instance: Pdfium | undefined;

/** Reads the text layer of a PDF, page by page, each in the order in which its text was drawn. */
export async function readPdf({ bytes, limits }: Source): Promise<Extracted> {
  const pdfium = instance ?? (await load());
  instance = undefined;
  const extracted = readPages(pdfium, bytes, limits);
  // Not after an error: it may have left anything behind.
  if (pdfium.HEAPU8.length <= KEPT_BYTES) instance = pdfium;
  return extracted;
}

async function load(): Promise<Pdfium> {
  const { PDFiumModule } = await import("@hyzyla/pdfium");
  const pdfium = await PDFiumModule({});
  pdfium._FPDF_InitLibraryWithConfig({ version: 2 });
  return pdfium;
}

function readPages(pdfium: Pdfium, bytes: Uint8Array, limits: ExtractionLimits): Extracted {
  const { malloc, free } = pdfium.wasmExports;
  const place = malloc(bytes.length);
  pdfium.HEAPU8.set(bytes, place);
  const document = pdfium._FPDF_LoadMemDocument(place, bytes.length, 0);
  if (document === 0) {
    const error = pdfium._FPDF_GetLastError();
    throw error === WRONG_PASSWORD || error === UNKNOWN_SECURITY ? encrypted(WHAT) : damaged(WHAT);
  }
  const count = pdfium._FPDF_GetPageCount(document);
  if (count > limits.pages) throw tooManyPages(count, limits);
  if (count === 0) throw damaged(WHAT, "one without pages");
  const writer = new TextWriter(limits);
  const pages: number[] = [];
  let readable = 0;
  for (let index = 0; index < count; index++) {
    writer.paragraph();
    writer.mark(pages);
    const text = textOfPage(pdfium, document, index);
    if (text === undefined) continue;
    readable++;
    writer.verbatim(text);
  }
  pdfium._FPDF_CloseDocument(document);
  free(place);
  const text = writer.end();
  if (readable === 0) throw damaged(WHAT);
  if (text.trim() === "") throw noText(WHAT);
  return { text, pages };
}

/** Undefined for a page that cannot be read. */
function textOfPage(pdfium: Pdfium, document: number, index: number): string | undefined {
  const { malloc, free } = pdfium.wasmExports;
  const page = pdfium._FPDF_LoadPage(document, index);
  if (page === 0) return undefined;
  const layer = pdfium._FPDFText_LoadPage(page);
  const count = layer === 0 ? 0 : pdfium._FPDFText_CountChars(layer);
  let text = "";
  if (count > 0) {
    const place = malloc((count + 1) * 2);
    // The length counts the NUL at the end.
    const length = pdfium._FPDFText_GetText(layer, 0, count, place) - 1;
    text = Buffer.from(pdfium.HEAPU8.buffer, place, Math.max(0, length) * 2).toString("utf16le");
    free(place);
  }
  if (layer !== 0) pdfium._FPDFText_ClosePage(layer);
  pdfium._FPDF_ClosePage(page);
  return text.replaceAll(HYPHEN, "\ufffe").replace(HYPHENATED, "").trim();
}
