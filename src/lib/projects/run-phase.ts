import { create } from "./phases/create.ts";
import { deploy } from "./phases/deploy.ts";
import { evaluate } from "./phases/evaluate.ts";
import { prepare } from "./phases/prepare.ts";
import { remove } from "./phases/remove.ts";
import { train } from "./phases/train.ts";
import type { PhaseOutcome, ProjectSession } from "./project-session.ts";
import type { Phase } from "./state.ts";

const PHASES: Readonly<Record<Exclude<Phase, "ended">, (session: ProjectSession) => Promise<PhaseOutcome>>> = {
  prepare,
  create,
  train,
  evaluate,
  deploy,
  delete: remove,
};

/** Does the next thing of the phase that the work is in. */
export function runPhase(session: ProjectSession): Promise<PhaseOutcome> {
  const { phase } = session.run;
  if (phase === "ended") throw new Error(`The work on project ${session.project} is over`);
  return PHASES[phase](session);
}
