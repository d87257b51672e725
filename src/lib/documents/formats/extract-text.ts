import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import pLimit from "p-limit";
import { type AboutDocument, decodeDocument } from "../decode-document.ts";
import { DocumentError } from "../document.ts";
import type { Extracted, ExtractionLimits, ExtractionReply, ExtractionSettings, FormatName, Source } from "./format.ts";
import { recogniseFormat } from "./recognise-format.ts";
import { encrypted, MEGABYTE, tooMuchMemory, tooSlow } from "./refusals.ts";

/** The text of a document, and how it came out of its file. */
export interface DocumentText extends Extracted {
  /** Absent: plain text, which is analysed as it stands in the file. */
  format?: Exclude<FormatName, "text"> | undefined;
  /** How name or declared type speak of another format than the content. */
  formatClash?: string | undefined;
}

export interface ExtractionOptions {
  settings: Omit<ExtractionSettings, "encoding">;
  limits: ExtractionLimits;
}

/**
 * Gets the text of a document. Plain text is decoded at once; every other format that is read goes to a thread of its own,
 * which loads the format's library when the first such file comes.
 * @throws DocumentError
 */
export async function extractText(
  bytes: Uint8Array,
  about: AboutDocument,
  { settings, limits }: ExtractionOptions,
): Promise<DocumentText> {
  const { format, clash } = recogniseFormat(bytes, about);
  if (format === "encrypted") throw encrypted("an Office document");
  const told = clash === undefined ? {} : { formatClash: clash };
  const isPlain = format === "text" || format === "other" || (format === "json" && settings.jsonText === undefined);
  if (isPlain || bytes.length === 0) return { ...decodeDocument(bytes, about), ...told };
  const { encoding, ...file } = about;
  const extracted = await extractInThread({ format, bytes, ...file, settings: { ...settings, encoding }, limits });
  return { ...extracted, format, ...told };
}

/** Sources and built app have the thread's file under different extensions. */
const WORKER = new URL(`./extraction-worker${extname(import.meta.filename)}`, import.meta.url);

/** Buffers are no part of what V8 limits: the thread's memory is looked at this often. */
const CHECK_MS = 50;
/** A thread that nobody needed for so long ends: its libraries and what they keep go with it. */
const IDLE_MS = 30_000;
/** A thread ends after so many files, in case a library keeps something of each. */
const MOST_FILES = 500;

/** One file at a time in this process: memory does not grow with the lanes that read. */
const turn = pLimit(1);

let current: ExtractionThread | undefined;

/**
 * Turns a file into text in a thread of its own, with a limit on time and memory: whatever a file does to its reader, this
 * process goes on.
 * @throws DocumentError
 */
function extractInThread(source: Source): Promise<Extracted> {
  return turn(async () => {
    if (current === undefined || !current.isFor(source)) {
      current?.end();
      current = new ExtractionThread(source.limits.memoryBytes);
    }
    const thread = current;
    try {
      const reply = await thread.extract(source);
      if ("refusal" in reply) throw new DocumentError(reply.refusal);
      return reply.extracted;
    } finally {
      if (thread.isOver) current = undefined;
      else
        thread.rest(() => {
          if (current === thread) current = undefined;
        });
    }
  });
}

class ExtractionThread {
  readonly #worker: Worker;
  readonly #memoryBytes: number;
  #files = 0;
  #over = false;
  #idle: NodeJS.Timeout | undefined;
  /** Settles the file that is being read. */
  #settle: (outcome: ExtractionReply | DocumentError) => void = () => {};

  constructor(memoryBytes: number) {
    this.#memoryBytes = memoryBytes;
    const worker = new Worker(WORKER, {
      resourceLimits: { maxOldGenerationSizeMb: Math.round(memoryBytes / MEGABYTE) },
      // Neither the flags of this process nor its keys are a library's business.
      execArgv: [],
      env: {},
      // What a library prints could quote a document, and belongs into no log.
      stdout: true,
      stderr: true,
    });
    worker.on("message", (reply: ExtractionReply) => this.#settle(reply));
    worker.on("error", ({ code }: NodeJS.ErrnoException) => {
      this.#over = true;
      this.#settle(code === "ERR_WORKER_OUT_OF_MEMORY" ? tooMuchMemory({ memoryBytes }) : threadFailed());
    });
    worker.on("exit", () => {
      this.#over = true;
      this.#settle(threadFailed());
    });
    worker.unref();
    this.#worker = worker;
  }

  get isOver(): boolean {
    return this.#over;
  }

  isFor({ limits }: Source): boolean {
    return !this.#over && this.#files < MOST_FILES && limits.memoryBytes === this.#memoryBytes;
  }

  end(): void {
    this.#over = true;
    clearTimeout(this.#idle);
    void this.#worker.terminate();
  }

  /** Ends the thread after a while, unless it gets another file. */
  rest(ended: () => void): void {
    this.#idle = setTimeout(() => {
      this.end();
      ended();
    }, IDLE_MS).unref();
  }

  async extract(source: Source): Promise<ExtractionReply> {
    clearTimeout(this.#idle);
    this.#files++;
    const { limits } = source;
    const bytes = new Uint8Array(source.bytes);
    this.#worker.ref();
    const outcome = new Promise<ExtractionReply | DocumentError>((resolve) => {
      this.#settle = resolve;
    });
    const deadline = setTimeout(() => this.#settle(tooSlow(limits)), limits.seconds * 1_000);
    const watch = setInterval(() => void this.#checkMemory(), CHECK_MS);
    try {
      this.#worker.postMessage({ ...source, bytes }, [bytes.buffer]);
      const settled = await outcome;
      if (!(settled instanceof DocumentError)) return settled;
      this.end();
      throw settled;
    } finally {
      clearTimeout(deadline);
      clearInterval(watch);
      this.#worker.unref();
    }
  }

  async #checkMemory(): Promise<void> {
    const settle = this.#settle;
    // A thread that is just ending has none.
    const heap = await this.#worker.getHeapStatistics().catch(() => undefined);
    if (heap === undefined || heap.used_heap_size + heap.external_memory <= this.#memoryBytes) return;
    settle(tooMuchMemory({ memoryBytes: this.#memoryBytes }));
  }
}

function threadFailed(): DocumentError {
  return new DocumentError({
    code: "ReaderFailed",
    message: "The thread that reads files ended while it read this one",
    hint: "This is a fault in the app, not in the document: report it. Redrive the document with a version that has it repaired.",
  });
}
