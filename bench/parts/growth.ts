import { fork } from "node:child_process";
import { once } from "node:events";
import { z } from "zod";
import { type Row, row } from "../figure.ts";

const Grown = z.object({
  transactions: z.number(),
  calls: z.number(),
  lanes: z.number(),
  processorSeconds: z.number(),
  heapBytes: z.number(),
});
type Grown = z.output<typeof Grown>;

const SIZES = [1_000, 10_000, 50_000];

/**
 * What a document costs as there are more of them: the slope is the figure. Each number runs in a process of its own.
 * Processor time and memory are those of the app together with the storage in memory, which keeps every document and record.
 */
export async function growth(): Promise<Row[]> {
  const rows: Row[] = [];
  const runs: ({ documents: number } & Grown)[] = [];
  for (const documents of SIZES) {
    const run = await grow(documents);
    runs.push({ documents, ...run });
    rows.push(
      row(`${documents} documents: transactions a document`, run.transactions / documents, 3),
      row(`${documents} documents: calls a document`, run.calls / documents, 0.08),
      row(`${documents} documents: lanes that opened`, run.lanes),
    );
  }
  const [small, middle, large] = runs;
  if (small === undefined || middle === undefined || large === undefined) throw new Error("A size is missing");
  const slope = (what: keyof Grown): number => {
    const further = (one: typeof small, other: typeof small) =>
      (other[what] - one[what]) / (other.documents - one.documents);
    return further(middle, large) / further(small, middle);
  };
  const name = `each further document from ${middle.documents} to ${large.documents} ÷ from ${small.documents} to ${middle.documents}`;
  rows.push(
    row(`${name}: transactions`, slope("transactions"), 1),
    row(`${name}: calls`, slope("calls"), 1),
    row(`${name}: processor seconds, with storage in memory`, slope("processorSeconds"), 1),
    row(`${name}: memory, with storage in memory`, slope("heapBytes"), 1),
  );
  return rows;
}

async function grow(documents: number): Promise<Grown> {
  const child = fork(new URL("../virtual/growth-process.ts", import.meta.url), [String(documents)], {
    execArgv: ["--expose-gc", "--disable-warning=ExperimentalWarning"],
  });
  const ended = once(child, "exit").then(() => {
    throw new Error(`The process with ${documents} documents ended before it told what they took`);
  });
  ended.catch(() => {}); // in the end it ends, as it should
  const [message] = await Promise.race([once(child, "message"), ended]);
  return Grown.parse(message);
}
