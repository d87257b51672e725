import { backoffSeconds } from "../common/backoff.ts";
import { StaleWriteError } from "../storage/versioned-json.ts";
import { deletesProject, type ProjectRequest, readRequest } from "./commands.ts";
import { askForDefinition, givesWay } from "./enqueue-command.ts";
import { ProjectFailure } from "./errors.ts";
import { create } from "./phases/create.ts";
import { remove } from "./phases/delete.ts";
import { deploy } from "./phases/deploy.ts";
import { evaluate } from "./phases/evaluate.ts";
import { prepare } from "./phases/prepare.ts";
import { train } from "./phases/train.ts";
import type { AuthorContext } from "./project-context.ts";
import { type PhaseOutcome, ProjectSession } from "./project-session.ts";
import { type HeldUp, judgeTrouble, type Trouble } from "./retry-policy.ts";
import type { Held, Phase, ProjectError, ProjectState } from "./state.ts";
import { briefStatus, projectStatus, writeStatus } from "./status.ts";
import type { AuthorStep } from "./step.ts";

/** Pauses between looks at something that takes its time, seconds; they double. */
const FIRST_LOOK = 2;
const LONGEST_LOOK = 30;

/**
 * Does the next thing for a project and decides what comes then. Never throws: what can be put right is waited for, and
 * what cannot ends with a status that says what to do.
 */
export async function runAuthorStep(context: AuthorContext, step: AuthorStep): Promise<AuthorStep> {
  const { memory, project } = step;
  try {
    const session = await ProjectSession.open(context);
    const { request } = await readRequest(context.containers.work, project);
    beginIfAsked(session, request);
    if (session.state.run === undefined || session.run.phase === "ended") {
      // A project file that had to wait for something else, or whose event is late.
      const isNew = await askForDefinition(context, project);
      return isNew ? { ...step, afterSeconds: 0, memory: {} } : await close(session, request);
    }
    const { id } = session.run.request;
    const { outcome, trouble } = await attempt(session);
    const isOther = session.run.request.id !== id;
    const latest = isOther ? (await readRequest(context.containers.work, project)).request : request;
    return await proceed(session, latest, { outcome, trouble, looks: memory.looks ?? 0 });
  } catch (error) {
    if (error instanceof StaleWriteError) return { ...step, afterSeconds: 1 };
    const trouble = judge(error, memory.held, context);
    if (trouble.kind === "refused") throw error;
    const { held, pauseSeconds } = trouble;
    const status = { ...step.status, state: held.kind, error: held.reason };
    return { project, afterSeconds: pauseSeconds, status, memory: { ...memory, held } };
  }
}

/** A newer request is begun when the last one is over or gives way; a deletion at once. */
function beginIfAsked(session: ProjectSession, request: ProjectRequest | undefined): void {
  const { run } = session.state;
  if (request === undefined || run?.request.id === request.id) return;
  const isFree = run === undefined || run.phase === "ended" || givesWay(run, request);
  if (!isFree && request.action !== "delete") return;
  noteDisplaced(session.state, request);
  const { schemaVersion: _, definitionEtag: _etag, ...asked } = request;
  session.state.run = {
    request: asked,
    phase: "prepare",
    startedAt: session.now(),
    // What a deletion falls back on; anything else reads the project file anew.
    definition: run?.definition,
    createdAgain: false,
    evaluationLooks: 0,
    told: false,
  };
  const { project, context } = session;
  context.log({ event: "project.started", project, action: request.action, request: request.id });
}

/**
 * A project file that makes room for something else was accepted, and is carried out after that; not one that is deleted
 * with its project, or that a newer one takes the place of.
 */
function noteDisplaced(state: ProjectState, request: ProjectRequest): void {
  const { run } = state;
  if (request.action === "author" || deletesProject(request)) delete state.displaced;
  else if (run?.request.action === "author" && run.phase !== "ended") state.displaced = run.request.id;
}

async function attempt(session: ProjectSession): Promise<{ outcome: PhaseOutcome; trouble?: HeldUp | undefined }> {
  const failed = (error: ProjectError): { outcome: PhaseOutcome } => ({
    outcome: { kind: "end", outcome: "failed", error },
  });
  try {
    return { outcome: await runPhase(session) };
  } catch (error) {
    if (error instanceof StaleWriteError) throw error;
    if (error instanceof ProjectFailure) return failed(error.error);
    const trouble = judge(error, session.run.held, session.context);
    return trouble.kind === "refused" ? failed(trouble.reason) : { outcome: { kind: "wait" }, trouble };
  }
}

/** Writes down what came of the step, tells it, and says when to go on. */
async function proceed(
  session: ProjectSession,
  request: ProjectRequest | undefined,
  { outcome, trouble, looks }: { outcome: PhaseOutcome; trouble: HeldUp | undefined; looks: number },
): Promise<AuthorStep> {
  const { context, project, run } = session;
  run.held = trouble?.held;
  if (outcome.kind === "next") enter(session, outcome.phase);
  if (outcome.kind === "end") end(session, outcome);
  await session.save();
  if (run.held?.times === 1) {
    const { kind, since, reason } = run.held;
    context.log({ event: "project.held", project, state: kind, code: reason.code, message: reason.message, since });
  }
  const status = projectStatus(project, session.state, { request, now: session.now() });
  await writeStatus(context.containers.projects, status);
  const step = { project, status: briefStatus(status) };
  if (outcome.kind !== "wait") return { ...step, afterSeconds: 0, memory: {} };
  if (trouble !== undefined) return { ...step, afterSeconds: trouble.pauseSeconds, memory: {} };
  if (outcome.seconds !== undefined) return { ...step, afterSeconds: outcome.seconds, memory: {} };
  return { ...step, afterSeconds: backoffSeconds(looks + 1, FIRST_LOOK, LONGEST_LOOK), memory: { looks: looks + 1 } };
}

function enter({ run }: ProjectSession, phase: ProjectSession["run"]["phase"]): void {
  run.phase = phase;
  delete run.job;
  delete run.percent;
}

function end(session: ProjectSession, { outcome, error }: PhaseOutcome & { kind: "end" }): void {
  const { run, context, project } = session;
  enter(session, "ended");
  run.outcome = outcome;
  run.error = error;
  run.finishedAt = session.now();
  context.log({
    event: "project.ended",
    project,
    action: run.request.action,
    outcome,
    ...(error === undefined ? {} : { code: error.code }),
    seconds: Math.round((context.now() - Date.parse(run.startedAt)) / 1000),
  });
}

/** Nothing is left to do. How it ended is told once more: the telling of the step that saw the end may have failed. */
async function close(session: ProjectSession, request: ProjectRequest | undefined): Promise<AuthorStep> {
  const { project, context } = session;
  const status = projectStatus(project, session.state, { request, now: session.now() });
  if (session.state.run !== undefined && !session.run.told) {
    await writeStatus(context.containers.projects, status);
    session.run.told = true;
    await session.save();
    const { request: latest } = await readRequest(context.containers.work, project);
    // Who asks while this runs finds the orchestration running, and relies on it.
    if (latest?.id !== request?.id) return { project, afterSeconds: 0, status: briefStatus(status), memory: {} };
  }
  const { state, model, deployment, scores, error } = status;
  return {
    project,
    afterSeconds: 0,
    status: briefStatus(status),
    memory: {},
    result: {
      project,
      state,
      ...(model === undefined ? {} : { model }),
      ...(deployment === undefined ? {} : { deployment }),
      ...(scores === undefined ? {} : { scores }),
      ...(error === undefined ? {} : { error }),
    },
  };
}

function judge(error: unknown, earlier: Held | undefined, { now, longestBlockedSeconds }: AuthorContext): Trouble {
  return judgeTrouble(error, { earlier, now: now(), longestBlockedSeconds });
}

const PHASES: Readonly<Record<Exclude<Phase, "ended">, (session: ProjectSession) => Promise<PhaseOutcome>>> = {
  prepare,
  create,
  train,
  evaluate,
  deploy,
  delete: remove,
};

/** Does the next thing of the phase that the work is in. */
function runPhase(session: ProjectSession): Promise<PhaseOutcome> {
  const { phase } = session.run;
  if (phase === "ended") throw new Error(`The work on project ${session.project} is over`);
  return PHASES[phase](session);
}
