import { backoffSeconds, type Hold } from "../common/hold.ts";
import { StaleWriteError } from "../storage/versioned-json.ts";
import { deletesProject, type QueuedCommand, queuedCommand } from "./commands.ts";
import { canBePreempted, enqueueDefinition } from "./enqueue-command.ts";
import { ProjectFailure } from "./errors.ts";
import { create } from "./phases/create.ts";
import { deleteProject } from "./phases/delete.ts";
import { deploy } from "./phases/deploy.ts";
import { evaluate } from "./phases/evaluate.ts";
import { prepare } from "./phases/prepare.ts";
import { train } from "./phases/train.ts";
import { type PhaseOutcome, type ProjectContext, ProjectSession } from "./project-session.ts";
import { classifyFailure, type FailureAction, type Holding } from "./retry-policy.ts";
import type { Phase, ProjectError, ProjectState } from "./state.ts";
import { briefStatus, projectStatus, writeStatus } from "./status.ts";
import type { ProjectStep } from "./step.ts";

/** Pauses between polls at something that takes its time, seconds; they double. */
const FIRST_PAUSE = 2;
const LONGEST_PAUSE = 30;

/**
 * Does the next thing for a project and decides what comes then. Never throws: what can be put right is waited for, and
 * what cannot ends with a status that says what to do.
 */
export async function runProjectStep(context: ProjectContext, step: ProjectStep): Promise<ProjectStep> {
  const next = await takeStep(context, step);
  const nextStepAt = new Date(context.now() + next.afterSeconds * 1000).toISOString();
  return { ...next, status: { ...next.status, nextStepAt } };
}

async function takeStep(context: ProjectContext, step: ProjectStep): Promise<ProjectStep> {
  const { memory, project } = step;
  try {
    const session = await ProjectSession.open(context);
    const { value: command } = await queuedCommand(context.containers.work, project).read();
    beginIfAsked(session, command);
    if (session.state.run === undefined || session.run.phase === "ended") {
      // A project file that had to wait for something else, or whose event is late.
      const isNew = await enqueueDefinition(context, project);
      return isNew ? { ...step, afterSeconds: 0, memory: {} } : await close(session, command);
    }
    const { id } = session.run.command;
    const { outcome, holding } = await attempt(session);
    const isOther = session.run.command.id !== id;
    const latest = isOther ? (await queuedCommand(context.containers.work, project).read()).value : command;
    return await proceed(session, latest, { outcome, holding, polls: memory.polls ?? 0 });
  } catch (error) {
    if (error instanceof StaleWriteError) return { ...step, afterSeconds: 1 };
    const action = classify(error, memory.hold, context);
    if (action.kind === "refuse") throw error;
    const { hold, pauseSeconds } = action;
    const status = { ...step.status, state: hold.state, error: hold.reason };
    return { project, afterSeconds: pauseSeconds, status, memory: { ...memory, hold } };
  }
}

/** A newer command is begun when the last one is over or gives way; a deletion at once. */
function beginIfAsked(session: ProjectSession, command: QueuedCommand | undefined): void {
  const { run } = session.state;
  if (command === undefined || run?.command.id === command.id) return;
  const isFree = run === undefined || run.phase === "ended" || canBePreempted(run, command);
  if (!isFree && command.action !== "delete") return;
  notePreempted(session.state, command);
  const { schemaVersion: _, definitionEtag: _etag, ...asked } = command;
  session.state.run = {
    command: asked,
    phase: "prepare",
    startedAt: session.now(),
    // What a deletion falls back on; anything else reads the project file anew.
    definition: run?.definition,
    createdAgain: false,
    evaluationPolls: 0,
    reported: false,
  };
  const { project, context } = session;
  context.log({ event: "project.started", project, action: command.action, command: command.id });
}

/**
 * A project file that makes room for something else was accepted, and is carried out after that; not one that is deleted
 * with its project, or that a newer one takes the place of.
 */
function notePreempted(state: ProjectState, command: QueuedCommand): void {
  const { run } = state;
  if (command.action === "apply" || deletesProject(command)) delete state.preemptedDefinition;
  else if (run?.command.action === "apply" && run.phase !== "ended") state.preemptedDefinition = run.command.id;
}

async function attempt(session: ProjectSession): Promise<{ outcome: PhaseOutcome; holding?: Holding | undefined }> {
  const failed = (error: ProjectError): { outcome: PhaseOutcome } => ({
    outcome: { kind: "end", outcome: "failed", error },
  });
  try {
    return { outcome: await runPhase(session) };
  } catch (error) {
    if (error instanceof StaleWriteError) throw error;
    if (error instanceof ProjectFailure) return failed(error.error);
    const action = classify(error, session.run.hold, session.context);
    return action.kind === "refuse" ? failed(action.reason) : { outcome: { kind: "wait" }, holding: action };
  }
}

/** Writes down what came of the step, tells it, and says when to go on. */
async function proceed(
  session: ProjectSession,
  command: QueuedCommand | undefined,
  { outcome, holding, polls }: { outcome: PhaseOutcome; holding: Holding | undefined; polls: number },
): Promise<ProjectStep> {
  const { context, project, run } = session;
  run.hold = holding?.hold;
  if (outcome.kind === "next") enter(session, outcome.phase);
  if (outcome.kind === "end") end(session, outcome);
  await session.save();
  if (run.hold?.times === 1) {
    const { state, since, reason } = run.hold;
    context.log({ event: "project.held", project, state, code: reason.code, message: reason.message, since });
  }
  const status = projectStatus(project, session.state, { command, now: session.now() });
  await writeStatus(context.containers.projects, status);
  const step = { project, status: briefStatus(status) };
  if (outcome.kind !== "wait") return { ...step, afterSeconds: 0, memory: {} };
  if (holding !== undefined) return { ...step, afterSeconds: holding.pauseSeconds, memory: {} };
  if (outcome.seconds !== undefined) return { ...step, afterSeconds: outcome.seconds, memory: {} };
  return { ...step, afterSeconds: backoffSeconds(polls + 1, FIRST_PAUSE, LONGEST_PAUSE), memory: { polls: polls + 1 } };
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
    action: run.command.action,
    outcome,
    ...(error === undefined ? {} : { code: error.code }),
    seconds: Math.round((context.now() - Date.parse(run.startedAt)) / 1000),
  });
}

/** Nothing is left to do. How it ended is told once more: the telling of the step that saw the end may have failed. */
async function close(session: ProjectSession, command: QueuedCommand | undefined): Promise<ProjectStep> {
  const { project, context } = session;
  const status = projectStatus(project, session.state, { command, now: session.now() });
  if (session.state.run !== undefined && !session.run.reported) {
    await writeStatus(context.containers.projects, status);
    session.run.reported = true;
    await session.save();
    const { value: latest } = await queuedCommand(context.containers.work, project).read();
    // Who asks while this runs finds the orchestration running, and relies on it.
    if (latest?.id !== command?.id) return { project, afterSeconds: 0, status: briefStatus(status), memory: {} };
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

function classify(error: unknown, before: Hold | undefined, context: ProjectContext): FailureAction {
  const { longestBlockedSeconds } = context;
  return classifyFailure(error, { before, now: context.now(), longestBlockedSeconds });
}

const PHASES: Readonly<Record<Exclude<Phase, "ended">, (session: ProjectSession) => Promise<PhaseOutcome>>> = {
  prepare,
  create,
  train,
  evaluate,
  deploy,
  delete: deleteProject,
};

/** Does the next thing of the phase that the work is in. */
function runPhase(session: ProjectSession): Promise<PhaseOutcome> {
  const { phase } = session.run;
  if (phase === "ended") throw new Error(`The work on project ${session.project} is over`);
  return PHASES[phase](session);
}
