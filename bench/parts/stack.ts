import { startLanguageService } from "language-emulator";
import { SAMPLES } from "../../dev/stack/start-stack.ts";
import { type Row, row } from "../figure.ts";
import { runStack } from "../processor/run-stack.ts";

const DOCUMENTS = 500;

/** Many small documents on the embedded stack in real time: what of it is ours, and what the stand-ins'. */
export async function stack(): Promise<Row[]> {
  const service = await startLanguageService({ projects: SAMPLES, jobSeconds: { from: 2, to: 3 } });
  try {
    const texts = Array.from({ length: DOCUMENTS }, (_, n) => `Ticket ${n}: I was charged twice.`);
    const { dropSeconds, restSeconds, processor } = await runStack(service, texts);
    const { jobs, requests } = service.stats();
    const calls = Object.values(requests).reduce((sum, count) => sum + count, 0);
    const { functions, blobs, queues } = processor;
    const all = functions + blobs + queues;
    const seconds = dropSeconds + restSeconds;
    return [
      row("ours: documents a job", DOCUMENTS / jobs.accepted, 25),
      row("ours: calls a job", calls / jobs.accepted, 2),
      row("ours and the stand-ins': time after the drop ÷ time of the drop", restSeconds / dropSeconds),
      row("processor time: share of the functions process (the app, the host's stand-in)", functions / all),
      row("processor time: share of the stand-in's blobs", blobs / all),
      row("processor time: share of the stand-in's queues", queues / all),
      row("stand-in: how busy its blobs were, of one processor", blobs / seconds),
      row("stand-in: how busy its queues were, of one processor", queues / seconds),
    ];
  } finally {
    await service.stop();
  }
}
