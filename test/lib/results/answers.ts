import { type CutLimits, cutDocument } from "../../../src/lib/documents/cut-document.ts";
import { countTextElements, type StringIndexType } from "../../../src/lib/documents/text-elements.ts";
import type { Task } from "../../../src/lib/language/analysis.ts";
import type { AnsweredChunk, RecordInput } from "../../../src/lib/results/build-record.ts";
import type { ChunkOutcome } from "../../../src/lib/results/merge/parts.ts";

export const DOCUMENT = {
  container: "documents",
  name: "tickets/a.txt",
  etag: '"0x8DC"',
  lastModified: "2026-03-01T10:00:00.000Z",
  contentType: "text/plain",
  bytes: 1234,
  characters: 1200,
  language: "en",
};

export const JOB = {
  jobId: "3f2c1d9e-0000-4000-8000-000000000001",
  apiVersion: "2023-04-01",
  createdDateTime: "2026-03-01T10:00:05Z",
  lastUpdatedDateTime: "2026-03-01T10:00:09Z",
};

/** What goes into a record, with as much given as matters to a test. */
export function input(given: Partial<RecordInput> & Pick<RecordInput, "tasks" | "chunks">): RecordInput {
  return { pipeline: "tickets", document: DOCUMENT, attempts: 1, jobs: [JOB], ...given };
}

/** A document sent whole. */
export function whole(text: string, answers: readonly ChunkOutcome[]): AnsweredChunk[] {
  return [{ offset: 0, length: text.length, text, answers }];
}

export function answered(task: string, content: Record<string, unknown>, more: object = {}): ChunkOutcome {
  return { task, status: "succeeded", about: {}, answer: { content, warnings: [], ...more } };
}

/** Plays a service that finds given words, counting offsets in a task's units. */
export function tag(text: string, words: readonly string[], unit: StringIndexType = "Utf16CodeUnit") {
  const count = {
    TextElements_v8: countTextElements,
    UnicodeCodePoint: (t: string) => [...t].length,
    Utf16CodeUnit: (t: string) => t.length,
  };
  return words
    .flatMap((word) => {
      const found = [];
      for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
        const offset = count[unit](text.slice(0, at));
        found.push({
          text: word,
          category: "Word",
          offset,
          length: count[unit](text.slice(0, at + word.length)) - offset,
        });
      }
      return found;
    })
    .toSorted((a, b) => a.offset - b.offset);
}

/** Cuts a text as the application does and has each chunk answered. */
export function cutAndAnswer(
  text: string,
  limits: CutLimits,
  tasks: readonly Task[],
  answer: (part: string, task: Task) => Record<string, unknown>,
): AnsweredChunk[] {
  return cutDocument(text, limits).map(({ offset, length }) => {
    const part = text.slice(offset, offset + length);
    return { offset, length, text: part, answers: tasks.map((task) => answered(task.name, answer(part, task))) };
  });
}
