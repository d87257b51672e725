import type { DocumentAnswer, ServiceError, Task } from "../../language/analysis.ts";

/** What an answer of the service holds, known to us or not. */
export type Fields = Readonly<Record<string, unknown>>;

/** A stretch of the document, in UTF-16 code units. */
export interface Span extends Fields {
  offset: number;
  length: number;
}

/** The objects in a list of an answer. What they hold was checked when the answer was read. */
export function listOf(content: Fields, field: string): Fields[] {
  const list = content[field];
  return Array.isArray(list) ? list.filter((item): item is Fields => typeof item === "object" && item !== null) : [];
}

export function isSpan(fields: Fields): fields is Span {
  return typeof fields.offset === "number" && typeof fields.length === "number";
}

export function endOf({ offset, length }: { offset: number; length: number }): number {
  return offset + length;
}

export function overlap(a: Span, b: Span): boolean {
  return a.offset < endOf(b) && b.offset < endOf(a);
}

/** A number of an item, for example its confidence; 0 when it has none. */
export function numberOf(fields: Fields, field: string): number {
  const value = fields[field];
  return typeof value === "number" ? value : 0;
}

/** How much text each part adds to the ones before it: its length without the overlap. */
export function freshLengths(parts: readonly AnswerPart[]): number[] {
  let covered = 0;
  return parts.map((part) => {
    const fresh = Math.max(0, endOf(part) - Math.max(covered, part.offset));
    covered = Math.max(covered, endOf(part));
    return fresh;
  });
}

/** Four decimals: the service gives two. */
export function rounded(score: number): number {
  return Math.round(score * 10_000) / 10_000;
}

/** What one task said of one chunk, or why it said nothing. */
export interface ChunkOutcome {
  /** The task's name. */
  task: string;
  status: "succeeded" | "failed" | "cancelled";
  /** What the service says of the task itself: `projectName`, `modelVersion`, unknown fields. */
  about: Fields;
  /** Its spans are in the task's own units and relative to the chunk, until they are placed in the document. */
  answer?: DocumentAnswer | undefined;
  error?: ServiceError | undefined;
}

/** Something about a chunk, with the chunk's text and where that stands in the document, in UTF-16 code units. */
export type Placed<T> = T & { offset: number; length: number; text: string };

/** What a task said about one chunk, its spans in UTF-16 code units of the whole document. */
export type AnswerPart = Placed<DocumentAnswer>;

/** Makes one answer of what a task said about the chunks of a document, in the order of the text. */
export type Merge = (parts: readonly AnswerPart[], task: Task) => Fields;
