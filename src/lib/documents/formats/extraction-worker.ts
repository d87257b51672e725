/** The thread that turns files into text; run by `extraction-thread.ts`, one file at a time. */
import { parentPort } from "node:worker_threads";
import { DocumentError, type DocumentErrorInit } from "../document.ts";
import type { ExtractionReply, Source } from "./format.ts";
import { READERS } from "./readers.ts";
import { FORMATS } from "./recognise-format.ts";
import { damaged, nestedTooDeep, tooMuchMemory } from "./refusals.ts";

parentPort?.on("message", async (source: Source) => {
  const reply = await extract(source);
  const transfer = "extracted" in reply ? (reply.extracted.attachments ?? []).map(({ bytes }) => bytes.buffer) : [];
  parentPort?.postMessage(reply, transfer as ArrayBuffer[]);
});

async function extract(source: Source): Promise<ExtractionReply> {
  try {
    const read = await READERS[source.format]();
    return { extracted: await read(source) };
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
