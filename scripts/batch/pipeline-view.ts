import { z } from "zod";
import { nearestName } from "../../src/lib/common/problems.ts";
import { type Glob, parseGlob } from "../../src/lib/settings/glob.ts";

const reasonSchema = z.looseObject({ code: z.string(), message: z.string(), hint: z.string() });

const answerSchema = z.object({
  pipelines: z.array(
    z.looseObject({
      name: z.string(),
      match: z.string(),
      removed: z.boolean().optional(),
      blocked: z.array(reasonSchema).default([]),
      paused: z.looseObject({ reason: z.string().optional() }).nullish(),
    }),
  ),
});

const problemSchema = z.object({ detail: z.string(), hint: z.string().optional() });

/** What a run needs to know of its pipeline. */
export interface PipelineView {
  /** Which documents it takes. */
  match: string;
  takes: Glob;
  /** Why it stands still, in words; undefined while it goes on. */
  standstill: string | undefined;
}

/**
 * Asks the app for a pipeline (`GET /api/pipelines`).
 * @throws Error whose message is one line for the person at the terminal
 */
export async function readPipeline(
  app: { url: string; code: string | undefined },
  name: string,
): Promise<PipelineView> {
  const { pipelines } = await ask(app);
  const pipeline = pipelines.find((each) => each.name === name && each.removed !== true);
  if (pipeline === undefined) {
    const names = pipelines.map((each) => each.name);
    const near = nearestName(name, names);
    const meant = near === undefined ? `It has ${names.join(", ") || "none"}.` : `Did you mean ${near}?`;
    throw new Error(`The app at ${app.url} has no pipeline "${name}". ${meant}`);
  }
  const takes = parseGlob(pipeline.match);
  if (takes === undefined)
    throw new Error(`"${pipeline.match}", which pipeline ${name} takes, is not understood here.`);
  const [blocked] = pipeline.blocked;
  const paused = pipeline.paused == null ? undefined : `paused: ${pipeline.paused.reason ?? "no reason given"}`;
  const standstill = blocked === undefined ? paused : `blocked: ${blocked.code}: ${blocked.message} ${blocked.hint}`;
  return { match: pipeline.match, takes, standstill };
}

async function ask({ url, code }: { url: string; code: string | undefined }): Promise<z.output<typeof answerSchema>> {
  const headers: Record<string, string> = code === undefined ? {} : { "x-functions-key": code };
  const answer = await fetch(`${url}/api/pipelines`, { headers }).catch(() => {
    throw new Error(`Nothing answers at ${url}. Is the app running? Set --url.`);
  });
  const text = await answer.text();
  if (answer.status === 401 || answer.status === 403)
    throw new Error(
      `The app answered HTTP ${answer.status}. Give a function key of the app: --code, or FUNCTIONS_KEY.`,
    );
  const json = parse(text);
  const problem = problemSchema.safeParse(json);
  if (!answer.ok && problem.success) throw new Error(`${problem.data.detail} ${problem.data.hint ?? ""}`.trim());
  const pipelines = answerSchema.safeParse(json);
  if (!answer.ok || !pipelines.success)
    throw new Error(
      `What answers at ${url} is not this app (HTTP ${answer.status}). Set --url to the address of the functions.`,
    );
  return pipelines.data;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
