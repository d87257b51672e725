import type { DocumentErrorInit, Encoding } from "../document.ts";

/** The formats that are read, by the name that stands in a record. */
const FORMAT_NAMES = ["text", "markdown", "html", "docx", "pptx", "pdf", "eml", "msg", "rtf", "json"] as const;

export type FormatName = (typeof FORMAT_NAMES)[number];

/** How much of this process one file may use to become text; beyond it, it is refused. */
export interface ExtractionLimits {
  /** Pages of a PDF, slides of a presentation. */
  pages: number;
  /** Bytes of what a compressed file unpacks to. */
  unpackedBytes: number;
  /** Elements, groups or messages in each other. */
  nesting: number;
  /** Time for one file, from when its turn comes. */
  seconds: number;
  /** Memory of the thread that reads files. */
  memoryBytes: number;
  /** UTF-16 code units of the text. */
  characters: number;
}

/** What a pipeline says of its files. */
export interface ExtractionSettings {
  /** The encoding that it states for all of them. */
  encoding?: string | undefined;
  /** Where in a JSON file the text is: a JSON pointer (RFC 6901), or the name of a field. Absent: JSON is plain text. */
  jsonText?: string | undefined;
  /** Whether attachments of a message are wanted as files, not only listed. */
  attachments?: boolean | undefined;
}

/** A file on its way to a reader. Can be posted to a thread. */
export interface Source {
  format: Exclude<FormatName, "text">;
  bytes: Uint8Array;
  name: string;
  contentType?: string | undefined;
  settings: ExtractionSettings;
  limits: ExtractionLimits;
}

/** A file that came with a message. */
export interface Attachment {
  /** As the sender named it. */
  name: string;
  contentType: string;
  bytes: Uint8Array;
  /** A picture that the message shows in its text. */
  isShown?: boolean | undefined;
}

/** What a reader made of a file. */
export interface Extracted {
  text: string;
  /** How the bytes were read, in formats that are text themselves. */
  encoding?: Encoding | undefined;
  /** Where each page or slide begins in the text; UTF-16 code units. A page without text begins where the next does. */
  pages?: number[] | undefined;
  /** Where each paragraph begins, in the same way. */
  paragraphs?: number[] | undefined;
  attachments?: Attachment[] | undefined;
}

/** What comes back from the thread. */
export type ExtractionReply = { extracted: Extracted } | { refusal: DocumentErrorInit };
