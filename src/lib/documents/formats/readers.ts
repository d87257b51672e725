import type { Extracted, Source } from "./format.ts";

type Reader = (source: Source) => Promise<Extracted>;

/** The reader of each format; it and its library are loaded when the first file needs them. */
export const READERS: Readonly<Record<Source["format"], () => Promise<Reader>>> = {
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
