import { setTimeout as sleep } from "node:timers/promises";
import type { ContainerClient } from "@azure/storage-blob";
import { ProgressLine } from "../progress-line.ts";
import { type PipelineOverview, readPipelines } from "./ask-functions.ts";
import type { FolderList } from "./list-folder.ts";
import { countRecords } from "./read-records.ts";

/** Nothing moved for so long: something is wrong, and it is better to say so than to wait. */
const PATIENCE_MS = 120_000;

/**
 * Shows how documents move until each that was dropped has ended, or until nothing moves any more.
 * @param functions base address
 * @returns what the functions said of the pipelines at last
 */
export async function follow(
  functions: string,
  results: ContainerClient,
  failed: ContainerClient,
  dropping: Promise<FolderList>,
): Promise<PipelineOverview[]> {
  let dropped: number | undefined;
  void dropping.then(({ documents }) => {
    dropped = documents.length;
  });
  const progress = new ProgressLine();
  let seen = "";
  let movedAt = Date.now();
  for (;;) {
    const [done, failures] = [await countRecords(results), await countRecords(failed)];
    const overview = await readPipelines(functions).catch((error: unknown) => {
      if (Date.now() - movedAt > PATIENCE_MS) throw error; // one answer may fail while a machine is busy
      return undefined;
    });
    if (overview === undefined) {
      await sleep(500);
      continue;
    }
    const waiting = overview.reduce((sum, pipeline) => sum + pipeline.waiting, 0);
    const running = overview.flatMap(({ lanes }) => lanes).reduce((sum, lane) => sum + (lane.batch?.documents ?? 0), 0);
    const state = `waiting ${waiting}  running ${running}  done ${done}  failed ${failures}`;
    progress.show(state);
    if (state !== seen) movedAt = Date.now();
    seen = state;
    const ended = dropped !== undefined && waiting === 0 && running === 0 && done + failures >= dropped;
    if (ended || Date.now() - movedAt > PATIENCE_MS) {
      progress.end();
      return overview;
    }
    await sleep(500);
  }
}
