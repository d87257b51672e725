import type { ContainerClient } from "@azure/storage-blob";
import { pMapIterable } from "p-map";
import { isStatus } from "../storage/blobs.ts";

/** Where the line of a row stands: in which part, and which bytes of it. */
export interface KeptLine {
  blob: string;
  offset: number;
  length: number;
}

/** What every line of a part begins with: `{"key":"<16 characters>"`. */
const BEGINNING = Buffer.from('{"key":"');
const KEY_CHARACTERS = 16;
/** Numbers of an entry: three of the key, then part, offset and length. */
const FIELDS = 6;
/** Parts read ahead. */
const READ_AHEAD = 4;

/**
 * Which rows have a result already, by their keys: a hash table of 24 bytes an entry (a million rows: 50 MB), since a map
 * of strings would take five times as much.
 */
export class KnownRows {
  #table = new Uint32Array(FIELDS * 1_024);
  #size = 0;
  readonly #blobs: string[] = [];

  get size(): number {
    return this.#size;
  }

  /** Adds the rows of a part. Of two with one key, the first counts. */
  addPart(blob: string, content: Buffer): void {
    this.#blobs.push(blob);
    for (let offset = 0; offset < content.length; ) {
      const newline = content.indexOf(0x0a, offset);
      const end = newline === -1 ? content.length : newline;
      const from = offset + BEGINNING.length;
      if (content.subarray(offset, from).equals(BEGINNING)) {
        const key = content.toString("latin1", from, from + KEY_CHARACTERS);
        this.#add(key, { part: this.#blobs.length, offset, length: end - offset });
      }
      offset = end + 1;
    }
  }

  find(key: string): KeptLine | undefined {
    const numbers = numbersOf(key);
    const at = this.#slot(this.#table, numbers);
    const [part = 0, offset = 0, length = 0] = this.#table.subarray(at + 3, at + FIELDS);
    const blob = this.#blobs[part - 1];
    return blob === undefined ? undefined : { blob, offset, length };
  }

  #add(key: string, { part, offset, length }: { part: number; offset: number; length: number }): void {
    if ((this.#size + 1) * FIELDS * 2 > this.#table.length) this.#grow();
    const numbers = numbersOf(key);
    const at = this.#slot(this.#table, numbers);
    if (this.#table[at + 3] !== 0) return;
    this.#table.set([...numbers, part, offset, length], at);
    this.#size++;
  }

  #grow(): void {
    const larger = new Uint32Array(this.#table.length * 2);
    for (let at = 0; at < this.#table.length; at += FIELDS) {
      if (this.#table[at + 3] === 0) continue;
      const entry = this.#table.subarray(at, at + FIELDS);
      larger.set(entry, this.#slot(larger, [entry[0] ?? 0, entry[1] ?? 0, entry[2] ?? 0]));
    }
    this.#table = larger;
  }

  /** Where the key stands in a table, or where there is room for it. A part of 0 marks an empty slot. */
  #slot(table: Uint32Array, [one, two, three]: Key): number {
    const slots = table.length / FIELDS;
    for (let slot = one % slots; ; slot = (slot + 1) % slots) {
      const at = slot * FIELDS;
      const isKey = table[at] === one && table[at + 1] === two && table[at + 2] === three;
      if (table[at + 3] === 0 || isKey) return at;
    }
  }
}

type Key = [number, number, number];

function numbersOf(key: string): Key {
  const bytes = Buffer.alloc(12);
  bytes.write(key, "base64url");
  return [bytes.readUInt32BE(0), bytes.readUInt32BE(4), bytes.readUInt32BE(8)];
}

/** The rows that have a result in some runs of a file: the parts themselves are the index. */
export async function loadKnownRows(results: ContainerClient, prefixes: readonly string[]): Promise<KnownRows> {
  const known = new KnownRows();
  for (const prefix of prefixes) {
    const parts = pMapIterable(
      results.listBlobsFlat({ prefix }),
      async ({ name }) => ({ name, content: await results.getBlobClient(name).downloadToBuffer() }),
      { concurrency: READ_AHEAD, backpressure: READ_AHEAD },
    );
    for await (const { name, content } of parts) known.addPart(name, content);
  }
  return known;
}

/** Lines so far apart are read in one piece, bytes: a request costs more than what lies between. */
const GAP = 64 * 1_024;
const RANGES_AT_A_TIME = 8;

/**
 * Reads lines of parts, by as few requests as their places allow.
 * @returns the lines in the order asked; undefined for one whose part is gone
 */
export async function readKeptLines(
  results: ContainerClient,
  lines: readonly KeptLine[],
): Promise<(string | undefined)[]> {
  const found: (string | undefined)[] = lines.map(() => undefined);
  const read = pMapIterable(
    rangesOf(lines),
    async ({ blob, offset, end, wanted }) => {
      const bytes = await download(results, { blob, offset, length: end - offset });
      return { bytes, offset, wanted };
    },
    { concurrency: RANGES_AT_A_TIME },
  );
  for await (const { bytes, offset, wanted } of read) {
    if (bytes === undefined) continue;
    for (const { index, line } of wanted) {
      found[index] = bytes.toString("utf8", line.offset - offset, line.offset - offset + line.length);
    }
  }
  return found;
}

interface Range {
  blob: string;
  offset: number;
  end: number;
  wanted: { index: number; line: KeptLine }[];
}

function rangesOf(lines: readonly KeptLine[]): Range[] {
  const sorted = lines
    .map((line, index) => ({ line, index }))
    .sort((one, other) => compare(one.line.blob, other.line.blob) || one.line.offset - other.line.offset);
  const ranges: Range[] = [];
  for (const one of sorted) {
    const { blob, offset, length } = one.line;
    const last = ranges.at(-1);
    if (last !== undefined && last.blob === blob && offset - last.end <= GAP) {
      last.end = Math.max(last.end, offset + length);
      last.wanted.push(one);
    } else ranges.push({ blob, offset, end: offset + length, wanted: [one] });
  }
  return ranges;
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

async function download(results: ContainerClient, { blob, offset, length }: KeptLine): Promise<Buffer | undefined> {
  try {
    return await results.getBlobClient(blob).downloadToBuffer(offset, length);
  } catch (error) {
    if (isStatus(error, 404, 416)) return undefined;
    throw error;
  }
}
