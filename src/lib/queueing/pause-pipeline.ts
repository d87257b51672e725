import type { z } from "zod";
import type { pauseAnswerSchema, pauseBodySchema } from "../api/pipeline-schemas.ts";
import { RequestRefused } from "../api/route.ts";
import { quote } from "../common/problems.ts";
import { type Pause, pipelineControl } from "../lane/store/pipeline-control.ts";
import type { IntakeContext } from "./accept-document.ts";

type PauseAnswer = z.output<typeof pauseAnswerSchema>;

/** Who asks when the request does not say, and the platform does not know either. */
const SOMEBODY = "somebody with a function key";

/**
 * Stops a pipeline: `pause` at once, `drain` after the batches in hand. Its lanes see it before they claim documents and
 * before they send a job, and say so in their status; documents wait where they are. Stopped already in the same way, it
 * keeps who stopped it first, and why.
 * @throws RequestRefused for a pipeline that is not configured
 */
export async function stopPipeline(
  context: IntakeContext,
  name: string,
  { mode, reason, by = SOMEBODY }: z.output<typeof pauseBodySchema> & Pick<Pause, "mode">,
): Promise<PauseAnswer> {
  checkKnown(context, name);
  const pause: Pause = { mode, by, reason, since: new Date(context.now()).toISOString() };
  let stands = pause;
  await pipelineControl(context.containers.work, name).update((control) => {
    stands = control.pause?.mode === mode ? control.pause : pause;
    return stands === control.pause ? undefined : { ...control, pause };
  });
  if (stands === pause) context.log({ event: "pipeline.stopped", pipeline: name, mode, by, reason });
  return { name, paused: stands };
}

/**
 * Lets a pipeline go on. Lanes that wait notice within seconds; the caller opens its first lane, should none run.
 * @throws RequestRefused for a pipeline that is not configured
 */
export async function resumePipeline(context: IntakeContext, name: string, by = SOMEBODY): Promise<PauseAnswer> {
  checkKnown(context, name);
  let ended: Pause | undefined;
  await pipelineControl(context.containers.work, name).update(({ pause, ...control }) => {
    ended = pause;
    return pause === undefined ? undefined : control;
  });
  if (ended !== undefined) {
    const seconds = Math.round((context.now() - Date.parse(ended.since)) / 1000);
    context.log({ event: "pipeline.resumed", pipeline: name, by, seconds });
  }
  return { name };
}

function checkKnown({ pipelines }: IntakeContext, name: string): void {
  const known = pipelines.map((pipeline) => pipeline.name);
  if (known.includes(name)) return;
  const message = `There is no pipeline ${quote(name)}; known are: ${known.join(", ")}`;
  throw new RequestRefused(404, { code: "UnknownPipeline", message, hint: "Correct the name in the address." });
}
