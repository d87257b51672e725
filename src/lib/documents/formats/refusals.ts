import { DocumentError } from "../document.ts";
import type { ExtractionLimits } from "./format.ts";

/** Megabytes as the settings count them. */
export const MEGABYTE = 1024 * 1024;

/** @param what the file, as in `a PDF document` */
export function encrypted(what: string): DocumentError {
  return new DocumentError({
    code: "DocumentEncrypted",
    message: `The document is ${what} that is protected: its text cannot be read without its password or key`,
    hint: "Save it without the protection and upload it again.",
  });
}

export function damaged(what: string, found = "damaged or cut off"): DocumentError {
  return new DocumentError({
    code: "DocumentDamaged",
    message: `The document looks like ${what}, but it is ${found}`,
    hint: "See whether the program it comes from opens it. Save it anew there and upload it again.",
  });
}

export function noText(what: string): DocumentError {
  return new DocumentError({
    code: "NoTextLayer",
    message: `The document is ${what} whose pages hold pictures and no text, as a scan does`,
    hint: "Run it through text recognition (OCR), which adds a text layer, and upload it again.",
  });
}

export function emptyFile(what: string): DocumentError {
  return new DocumentError({
    code: "EmptyDocument",
    message: `The document is ${what} that holds no text`,
    hint: "There is nothing to analyse. If it should hold text, upload it again; the new version is taken by itself.",
  });
}

export function tooManyPages(found: number, { pages }: ExtractionLimits): DocumentError {
  return new DocumentError({
    code: "TooManyPages",
    message: `The document has ${found} pages; at most ${pages} are read`,
    hint: "Split the document, or raise the app setting MAX_DOCUMENT_PAGES, then redrive it.",
  });
}

export function unpacksTooLarge({ unpackedBytes }: ExtractionLimits): DocumentError {
  return new DocumentError({
    code: "UnpackedTooLarge",
    message: `The document unpacks to more than ${Math.round(unpackedBytes / MEGABYTE)} megabytes`,
    hint: "Look at the document: a small file that unpacks to so much is often made to do harm. Else split it, or raise the app setting MAX_UNPACKED_MEGABYTES, then redrive it.",
  });
}

export function nestedTooDeep({ nesting }: ExtractionLimits): DocumentError {
  return new DocumentError({
    code: "NestedTooDeep",
    message: `The document has more than ${nesting} elements, groups or messages inside each other`,
    hint: "Look at the document: it may be made to do harm. Else save it anew with the program it comes from, or raise the app setting MAX_NESTED_LEVELS, then redrive it.",
  });
}

export function textTooLong({ characters }: ExtractionLimits): DocumentError {
  return new DocumentError({
    code: "DocumentTooLarge",
    message: `The text in the document has more than ${characters} characters`,
    hint: "Split the document, or raise the app setting MAX_DOCUMENT_MEGABYTES, then redrive it.",
  });
}

export function tooSlow({ seconds }: ExtractionLimits): DocumentError {
  return new DocumentError({
    code: "ExtractionTooSlow",
    message: `The document's text was not out of its file after ${seconds} seconds`,
    hint: "Look at the document: it may be damaged or made to do harm. Else split it, or raise the app setting EXTRACTION_SECONDS, then redrive it.",
  });
}

export function tooMuchMemory({ memoryBytes }: Pick<ExtractionLimits, "memoryBytes">): DocumentError {
  return new DocumentError({
    code: "ExtractionOutOfMemory",
    message: `To get the document's text out of its file takes more than ${Math.round(memoryBytes / MEGABYTE)} megabytes of memory`,
    hint: "Look at the document: it may be damaged or made to do harm. Else split it, or raise the app setting EXTRACTION_MEGABYTES, then redrive it.",
  });
}
