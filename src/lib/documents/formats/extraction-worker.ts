import { parentPort } from "node:worker_threads";
import { DocumentError, type DocumentErrorInit } from "../document.ts";
import type { Extracted, ExtractionReply, Source } from "./format.ts";
import { FORMATS } from "./recognise-format.ts";
import { damaged, nestedTooDeep, tooMuchMemory } from "./refusals.ts";

/** The thread that turns files into text; run by `extract-text.ts`, one file at a time. */
parentPort?.on("message", async (source: Source) => {
  parentPort?.postMessage(await extract(source));
});

async function extract(source: Source): Promise<ExtractionReply> {
  try {
    const read = await READERS[source.format]();
    const { attachments, ...extracted } = await read(source);
    // Copies: a view would take all the memory along that it looks at, which others may look at too.
    const files = attachments?.map((one) => ({ ...one, bytes: new Uint8Array(one.bytes) }));
    return { extracted: { ...extracted, ...(files && { attachments: files }) } };
  } catch (error) {
    return { refusal: refusalOf(error, source) };
  }
}

/** A library's own words are not told: they may quote the document. */
function refusalOf(error: unknown, { format, limits }: Source): DocumentErrorInit {
  const known = error instanceof DocumentError ? error : fromLibrary(error, FORMATS[format].what, limits);
  const { code, message, hint, candidates } = known;
  return { code, message, hint, candidates };
}

function fromLibrary(error: unknown, what: string, limits: Source["limits"]): DocumentError {
  if (!(error instanceof RangeError)) return damaged(what);
  // What V8 says when it runs out of stack, or of room for one piece of memory.
  if (/call stack/i.test(error.message)) return nestedTooDeep(limits);
  if (/allocation|array length|string length|buffer/i.test(error.message)) return tooMuchMemory(limits);
  return damaged(what);
}

type Reader = (source: Source) => Promise<Extracted>;

/** The reader of each format; it and its library are loaded when the first file needs them. */
const READERS: Readonly<Record<Source["format"], () => Promise<Reader>>> = {
  markdown: async () => (await import("./markdown.ts")).readMarkdown,
  html: async () => (await import("./html.ts")).readHtml,
  docx: async () => (await import("./docx.ts")).readDocx,
  pptx: async () => (await import("./pptx.ts")).readPptx,
  pdf: async () => (await import("./pdf.ts")).readPdf,
  eml: async () => (await import("./mail.ts")).readMail,
  msg: async () => (await import("./outlook-message.ts")).readOutlookMessage,
  rtf: async () => (await import("./rtf.ts")).readRtf,
  json: async () => (await import("./json.ts")).readJson,
};
