import { ENDED } from "../plan/features/ends.ts";
import type { Run } from "../run/run-plan.ts";
import type { Evidence } from "./evidence.ts";
import type { Violation } from "./violation.ts";

/** What somebody hears of a document that ended. */
interface Heard {
  pipeline: string;
  document: string;
  etag: string;
  status: string;
  record: string;
}

/** Whoever wants to hear of ends hears of each record that stands, and of none that never stood. */
export function checkEnds({ plan, world }: Run, { records }: Evidence): Violation[] {
  if (plan.env.COMPLETED_QUEUE !== ENDED) return [];
  const { storage, journal } = world;
  const heard = (storage.queues.get(ENDED)?.messages ?? []).map(({ text }) => parse(text));
  const violations: Violation[] = [];
  const found = (message: string): void => void violations.push({ promise: "heard", message });
  for (const { container, pipeline, name, etag, status } of records) {
    const address = `${container}/${pipeline}/${name}.json`;
    const isTold = heard.some((end) => end.record === address && end.etag === etag && end.status === status);
    if (!isTold) found(`Nobody heard of ${address} of ${etag}, ${status}`);
  }
  for (const { pipeline, document, etag, record } of heard) {
    const isWritten = journal.records.some(
      ({ container, name, documentEtag }) => `${container}/${name}` === record && documentEtag === etag,
    );
    if (!isWritten) found(`Somebody heard of ${record} of ${etag}, which never stood (${document} in ${pipeline})`);
  }
  return violations;
}

/** The text of a message is base64, as the host has it by default. */
function parse(text: string): Heard {
  return JSON.parse(Buffer.from(text, "base64").toString("utf8")) as Heard;
}
