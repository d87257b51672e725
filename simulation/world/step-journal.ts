import type { StoredBlob } from "../storage/blob-store.ts";

/** A step of a lane that some process was given. */
interface GivenStep {
  pipeline: string;
  process: string;
  begun: number;
  /** When it ended or its process died; undefined: it goes on. */
  ended: number | undefined;
}

const BATCH_ID = /"batch":\s*\{\s*"id":\s*"([^"]+)"/;

/** When steps of lanes ran and batches were begun: what was under way when somebody stopped a pipeline may go on. */
export class StepJournal {
  readonly steps: GivenStep[] = [];
  /** Batches by their id. */
  readonly batches = new Map<string, { pipeline: string; at: number }>();

  /** Notes a step that begins. @returns called when it has ended */
  begin(at: number, process: string, input: unknown): (endedAt: number) => void {
    const { pipeline } = (input ?? {}) as { pipeline?: string };
    if (pipeline === undefined) return () => {};
    const step: GivenStep = { pipeline, process, begun: at, ended: undefined };
    this.steps.push(step);
    return (endedAt) => {
      step.ended ??= endedAt;
    };
  }

  died(at: number, process: string): void {
    for (const step of this.steps) if (step.process === process) step.ended ??= at;
  }

  note(at: number, container: string, name: string, blob: StoredBlob | undefined): void {
    if (container !== "language-batch-work" || !name.startsWith("lanes/") || blob === undefined) return;
    const id = BATCH_ID.exec(blob.body.toString("utf8"))?.[1];
    if (id !== undefined && !this.batches.has(id)) this.batches.set(id, { pipeline: name.split("/")[1] ?? "", at });
  }

  /** Whether a step that began before `since` was under way at `at`, give or take what a call is on its way. */
  isFromBefore(since: number, at: number, { pipeline, process }: { pipeline: string; process?: string }): boolean {
    return this.steps.some(
      (step) =>
        step.pipeline === pipeline &&
        (process === undefined || step.process === process) &&
        step.begun <= since &&
        (step.ended ?? at) + ON_ITS_WAY >= at,
    );
  }
}

/** A call to the service takes no longer to arrive, milliseconds. */
const ON_ITS_WAY = 1_000;
