import type { DocumentAnswer, Task } from "../language/analysis.ts";
import type { Fields } from "./locate-spans.ts";

/** What a task said about one chunk of a document, its spans in UTF-16 code units of the whole document. */
export interface AnswerPart {
  /** Where the chunk stands in the document, in UTF-16 code units. */
  offset: number;
  length: number;
  text: string;
  content: Fields;
  warnings: DocumentAnswer["warnings"];
  statistics: DocumentAnswer["statistics"];
}

/** Makes one answer of what a task said about the chunks of a document, in the order of the text. */
export type Merge = (parts: readonly AnswerPart[], task: Task) => Fields;
