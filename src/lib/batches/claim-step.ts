import type { BatchContext } from "./batch-context.ts";
import type { Manifest } from "./lane-file.ts";
import type { LaneMemory, LaneStep } from "./lane-step.ts";

/** The step after a claim. */
export function claimStep(
  context: BatchContext,
  action: LaneStep["action"],
  memory: LaneMemory,
  next: { manifest?: Manifest | undefined; afterSeconds?: number; closing?: boolean } = {},
): LaneStep {
  const { manifest, afterSeconds = 0, closing = false } = next;
  const nextLookAt = new Date(context.now() + afterSeconds * 1000).toISOString();
  const state = manifest !== undefined ? "submitting" : closing ? "closing" : "waiting";
  return {
    ...context.address,
    action,
    afterSeconds,
    status: {
      state,
      nextLookAt,
      ...(manifest === undefined ? {} : { batch: manifest.batch, documents: manifest.documents.length }),
    },
    memory,
  };
}

/** The memory of a lane that has found something: it does not close at its next look. */
export function keepOpen({ emptyLooks: _emptyLooks, ...memory }: LaneMemory): LaneMemory {
  return memory;
}

/** Tells the operators which batch the lane has now. */
export function reportBatch(context: BatchContext, event: "batch.claimed" | "batch.adopted", manifest: Manifest): void {
  context.log({
    event,
    ...context.address,
    batch: manifest.batch,
    documents: manifest.unread?.length ?? manifest.documents.length,
    jobs: manifest.requests.length,
  });
}
