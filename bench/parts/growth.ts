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

/**
 * What a document costs as there are more of them: the slope is the figure. Each number runs in a process of its own.
 * Processor time and memory are those of the app together with the storage in memory, which keeps every document and record.
 */
export async function growth(): Promise<Row[]> {
  const rows: Row[] = [];
  let first: Grown | undefined;
  for (const documents of [1_000, 10_000, 50_000]) {
    const run = await grow(documents);
    first ??= run;
    const each = (what: keyof Grown): number => run[what] / documents;
    const slope = (what: keyof Grown): number => each(what) / ((first?.[what] ?? Number.NaN) / 1_000);
    rows.push(
      row(`${documents} documents: transactions a document`, each("transactions"), 5),
      row(`${documents} documents: calls a document`, each("calls"), 0.08),
      row(`${documents} documents: lanes that opened`, run.lanes),
    );
    if (documents === 1_000) continue;
    rows.push(
      row(`${documents} documents: transactions a document ÷ those of 1,000`, slope("transactions"), 1),
      row(`${documents} documents: calls a document ÷ those of 1,000`, slope("calls"), 1),
      row(`${documents} documents: processor seconds a document ÷ those of 1,000`, slope("processorSeconds"), 1),
      row(`${documents} documents: memory a document ÷ that of 1,000`, slope("heapBytes"), 1),
    );
  }
  return rows;
}

async function grow(documents: number): Promise<Grown> {
  const child = fork(new URL("../virtual/growth-process.ts", import.meta.url), [String(documents)], {
    execArgv: ["--expose-gc", "--disable-warning=ExperimentalWarning"],
  });
  const [message] = await once(child, "message");
  return Grown.parse(message);
}
