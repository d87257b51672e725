import type { ApiError, Status } from "./project-api.ts";

/** Classes beyond these are left out of the table. */
const CLASSES_SHOWN = 25;

/** Signs of a bar that is full. */
const BAR = 20;

/** How it goes, in one line. */
export function describeProgress({ project, state, step, percent, job, error }: Status): string {
  const held = error !== undefined && step !== undefined && state !== step;
  const parts = [`${project}: ${held ? `${state} while ${step}` : state}`];
  if (percent !== undefined) {
    const full = Math.round((Math.min(100, Math.max(0, percent)) / 100) * BAR);
    parts.push(`[${"#".repeat(full)}${"-".repeat(BAR - full)}] ${percent} %`);
  }
  if (job !== undefined) parts.push(`(${job.name})`);
  if (held) parts.push(`${error.code}: ${error.hint ?? error.message}`);
  return parts.join("  ");
}

/** What came of it, for people. */
export function describeEnd({ project, state, model, scores, deployments, labels, error }: Status): string {
  const lines = [`${project}: ${state}`];
  if (labels !== undefined) {
    const warnings = labels.warnings.length === 0 ? "" : `, ${labels.warnings.length} warning(s)`;
    lines.push(`  labels      ${labels.documents} documents from ${labels.source}${warnings}`);
  }
  if (model !== undefined) lines.push(`  model       ${model.label}`);
  if (scores !== undefined) {
    lines.push(`  scores      macro F1 ${shown(scores.macroF1)}, micro F1 ${shown(scores.microF1)}`);
    const classes = Object.entries(scores.classes).slice(0, CLASSES_SHOWN);
    lines.push(...classes.map(([name, { f1 }]) => `              ${name}: F1 ${shown(f1)}`));
  }
  for (const deployment of deployments) {
    const id = deployment.modelId === undefined ? "" : ` (model id ${deployment.modelId})`;
    lines.push(`  deployment  ${deployment.name} serves ${deployment.model}${id}`);
  }
  if (error !== undefined) lines.push(describeError(error));
  return lines.join("\n");
}

/** A refusal with everything that is wrong. */
export function describeError({ code, message, hint, problems = [] }: ApiError): string {
  const each = problems.map((problem) => {
    const { found, expected } = problem;
    const [file, where, document] = ["file", "path", "document"].map((name) => text(problem[name]));
    const place = [file, where ?? text(problem.where), document && `document "${document}"`].filter(Boolean).join(": ");
    const advice = text(problem.hint);
    return `    - ${place}: found ${found}, expected ${expected}.${advice === undefined ? "" : ` ${advice}`}`;
  });
  return [`  error       ${code}: ${message}`, ...each, ...(hint === undefined ? [] : [`  what to do  ${hint}`])].join(
    "\n",
  );
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function shown(score: number | undefined): string {
  return score === undefined ? "unknown" : String(Math.round(score * 1000) / 1000);
}
