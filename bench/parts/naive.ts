import { type Chunk, cutDocument } from "../../src/lib/documents/cut-document.ts";
import { countTextElements } from "../../src/lib/documents/text-elements.ts";
import { JobPacker } from "../../src/lib/lane/policy/job-packer.ts";
import { chunkLimits, jobLimits } from "../../src/lib/language/limits.ts";
import { mergeAnswers } from "../../src/lib/results/merge/merge-answers.ts";
import type { AnswerPart, Fields } from "../../src/lib/results/merge/parts.ts";
import { type Row, row } from "../figure.ts";

const TASK = { kind: "EntityRecognition" as const, name: "entities", parameters: {} };
const PIPELINE = { tasks: [TASK], apiVersion: "2023-04-01" };
const WORDS = "Die Rechnung vom März kam zweimal, und niemand am Telefon wusste warum. I was charged twice… ".split(
  " ",
);

/** What the code does that a script would do in three lines: how many requests fewer, how much time more or less. */
export async function naive(): Promise<Row[]> {
  return [...packing(), ...cutting(), ...textElements(), ...merging()];
}

/** Documents of very different length in their order, as many as fit, against the packer. */
function packing(): Row[] {
  const limits = jobLimits(PIPELINE);
  const items = Array.from({ length: 5_000 }, (_, n) => {
    // Most are short, every third is long: between 200 and 60,000 text elements, the same each time.
    const part = ((n * 2_654_435_761) % 4_096) / 4_096;
    const textElements = n % 3 === 0 ? Math.round(2_000 + 58_000 * part) : Math.round(200 + 1_800 * part);
    return { textElements, bodyBytes: textElements + 2 };
  });
  const packed = (): number => {
    const packer = new JobPacker<(typeof items)[number]>(limits);
    for (const item of items) packer.add(item);
    return packer.jobs;
  };
  const inOrder = (): number => {
    let jobs = 1;
    let [documents, textElements, bodyBytes] = [0, 0, 0];
    for (const item of items) {
      const isFull = documents === limits.documents || bodyBytes + item.bodyBytes > limits.bodyBytes;
      if (isFull || textElements + item.textElements > limits.textElements) {
        jobs++;
        [documents, textElements, bodyBytes] = [0, 0, 0];
      }
      documents++;
      textElements += item.textElements;
      bodyBytes += item.bodyBytes;
    }
    return jobs;
  };
  const floor = Math.max(
    items.length / limits.documents,
    items.reduce((sum, item) => sum + item.textElements, 0) / limits.textElements,
  );
  return [
    row("packing: jobs ÷ those of filling in order", packed() / inOrder()),
    row("packing: jobs ÷ the least that the texts need", packed() / floor, 1),
    row("packing: time ÷ that of filling in order", timeRatio(packed, inOrder)),
  ];
}

/** A text of a million characters: at sentences and never in a grapheme, against slices of equal length. */
function cutting(): Row[] {
  const text = textOf(1_000_000);
  const limits = chunkLimits(PIPELINE);
  const slices = (): Chunk[] => {
    const found: Chunk[] = [];
    for (let offset = 0; offset < text.length; offset += limits.textElements) {
      const part = text.slice(offset, offset + limits.textElements);
      const bodyBytes = Buffer.byteLength(JSON.stringify(part));
      found.push({ offset, length: part.length, textElements: [...part].length, bodyBytes });
    }
    return found;
  };
  const cut = (): Chunk[] => cutDocument(text, limits);
  const inWords = (chunks: readonly Chunk[]): number =>
    chunks.filter(({ offset }) => /\p{L}/u.test(text.charAt(offset - 1)) && /\p{L}/u.test(text.charAt(offset))).length;
  return [
    row("cutting: cuts inside a word", inWords(cut()), 0),
    row("slices of equal length: cuts inside a word", inWords(slices())),
    row("cutting: chunks ÷ slices of equal length", cut().length / slices().length, 1),
    row("cutting: time ÷ that of slices, measured alike", timeRatio(cut, slices)),
  ];
}

/** Counting as the service does, against a regular expression and against Intl.Segmenter, which counts otherwise. */
function textElements(): Row[] {
  const plain = "I was charged twice, and nobody could say why. ".repeat(2_000);
  const marked = textOf(100_000);
  const byExpression = (text: string) => () => text.match(/\P{M}\p{M}*|^\p{M}+/gu)?.length ?? 0;
  const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
  const bySegmenter = (text: string) => () => [...segmenter.segment(text)].length;
  const ours = (text: string) => () => countTextElements(text);
  return [
    row("text elements, ASCII: time ÷ that of a regular expression", timeRatio(ours(plain), byExpression(plain))),
    row("text elements, others: time ÷ that of a regular expression", timeRatio(ours(marked), byExpression(marked))),
    row("text elements, others: time ÷ that of Intl.Segmenter", timeRatio(ours(marked), bySegmenter(marked))),
  ];
}

/** Entities of eight chunks: each once, against all of them one after another, and against comparing each with each. */
function merging(): Row[] {
  const [chunks, each, overlap, length] = [8, 100, 10, 2_000];
  const text = textOf(length);
  const entityAt = (offset: number): Fields => ({
    text: "Rechnung",
    category: "Product",
    offset,
    length: 8,
    confidenceScore: 0.9,
  });
  const step = length / each;
  const parts: AnswerPart[] = Array.from({ length: chunks }, (_, n) => {
    const offset = n * (length - overlap * step);
    const entities = Array.from({ length: each }, (_, index) => entityAt(offset + Math.floor(index * step)));
    return { offset, length, text, content: { entities }, warnings: [] };
  });
  const all = parts.flatMap(({ content }) => content.entities as Fields[]);
  const merged = (): Fields[] => mergeAnswers(parts, TASK).entities as Fields[];
  const compared = (): Fields[] => {
    const kept: Fields[] = [];
    for (const entity of all) {
      const isKnown = kept.some((one) => JSON.stringify(one) === JSON.stringify(entity));
      if (!isKnown) kept.push(entity);
    }
    return kept;
  };
  return [
    row("merging: entities of all chunks ÷ those that are in the document", all.length / merged().length),
    row("merging: entities ÷ those of comparing each with each", merged().length / compared().length, 1),
    row("merging: time ÷ that of comparing each with each", timeRatio(merged, compared, 3)),
  ];
}

function textOf(length: number): string {
  let text = "";
  for (let n = 0; text.length < length; n++) text += `${WORDS[(n * 7) % WORDS.length] ?? ""} `;
  return text.slice(0, length);
}

/** How long one takes against the other, turn by turn, by the quickest turn of each: what else the machine does counts little. */
function timeRatio(one: () => unknown, other: () => unknown, turns = 7): number {
  const [ones, others]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < turns; turn++) {
    ones.push(processorTime(one));
    others.push(processorTime(other));
  }
  return Math.min(...ones) / Math.min(...others);
}

function processorTime(work: () => unknown): number {
  const before = process.cpuUsage();
  const used = (): number => {
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  let runs = 0;
  // Long enough for the clock that counts processor time.
  while (used() < 20_000) {
    work();
    runs++;
  }
  return used() / runs;
}
