import { z } from "zod";
import { readCursor, writeCursor } from "../api/common-schemas.ts";
import type { PipelineDescription, pipelinesAnswerSchema } from "../api/pipeline-schemas.ts";
import type { LaneStatuses } from "../lane/lane-opener.ts";
import { listRemoved } from "../queueing/removed-pipelines.ts";
import { describePipeline, type StatusContext } from "./describe-pipeline.ts";
import { unknownCursor } from "./unknown-cursor.ts";

const afterSchema = z.object({ after: z.string() });

/**
 * Where the pipelines stand, those among them that were removed while documents of theirs waited or were in hand. Beside
 * what each takes, it takes two listings of storage, one request to Durable Functions and, once a minute, one small blob.
 * @throws RequestRefused for a cursor that is none
 */
export async function describePipelines(
  context: StatusContext,
  lanes: LaneStatuses,
  { limit, cursor }: { limit: number; cursor?: string | undefined } = { limit: 100 },
): Promise<z.output<typeof pipelinesAnswerSchema>> {
  const after = cursor === undefined ? undefined : (readCursor(afterSchema, cursor)?.after ?? unknownCursor());
  const [statuses, removed, { warnings }] = await Promise.all([
    lanes.runningStatuses(),
    listRemoved(context),
    context.expiry.view(),
  ]);
  const all = [...context.pipelines, ...removed];
  const first = after === undefined ? 0 : all.findIndex(({ name }) => name === after) + 1;
  const page = all.slice(first, first + limit);
  const described = await Promise.all(
    page.map(async (pipeline) => ({
      ...(await describePipeline(context, statuses, pipeline)),
      warnings: warnings.get(pipeline.name) ?? [],
    })),
  );
  const last = page.at(-1);
  return {
    at: new Date(context.now()).toISOString(),
    pipelines: described.flatMap((each, index) =>
      first + index < context.pipelines.length ? [each] : asRemoved(each),
    ),
    ...(last === undefined || first + limit >= all.length ? {} : { nextCursor: writeCursor({ after: last.name }) }),
  };
}

/** One that has neither documents nor anything in hand any more is no longer spoken of. */
function asRemoved(pipeline: PipelineDescription): PipelineDescription[] {
  const { waiting, inHand } = pipeline;
  return waiting + inHand === 0 ? [] : [{ ...pipeline, removed: true, state: "removed", blocked: [REMOVED] }];
}

const REMOVED = {
  code: "PipelineNotConfigured",
  message: "pipelines.json has no pipeline of this name any more, and documents of it wait or are in hand",
  hint: "Put the pipeline back to finish them; or empty its two queues, and backfill what took its place.",
};
