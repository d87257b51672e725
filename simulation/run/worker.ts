import { parentPort, workerData } from "node:worker_threads";
import type { Patch } from "../engine/load-app.ts";
import { installUncaught } from "../engine/uncaught.ts";
import { installVirtualTime } from "../engine/virtual-time.ts";
import type { Plan } from "../plan/fault.ts";

// Time is taken over before any module is loaded that could keep a clock of its own.
installVirtualTime();
installUncaught();
Error.stackTraceLimit = 0;

/** What a worker is asked. */
export type Question =
  | { kind: "run"; seed: number }
  | { kind: "judge"; plan: Plan }
  | { kind: "shrink"; plan: Plan | number };

const { loadApp } = await import("../engine/loaded-app.ts");
const { makePlan } = await import("../plan/make-plan.ts");
const { summarize } = await import("./summary.ts");
const { shrink } = await import("./shrink.ts");
const app = await loadApp((workerData as { patches: readonly Patch[] }).patches);

async function answer(question: Question): Promise<unknown> {
  if (question.kind === "run") return await summarize(makePlan(question.seed), app);
  if (question.kind === "judge") return await summarize(question.plan, app);
  const plan = typeof question.plan === "number" ? makePlan(question.plan) : question.plan;
  const [first] = (await summarize(plan, app)).violations;
  return first === undefined ? undefined : await shrink(plan, app, first.promise);
}

parentPort?.on("message", (question: Question) => {
  answer(question).then(
    (value) => parentPort?.postMessage({ value }),
    (error: unknown) =>
      parentPort?.postMessage({ error: error instanceof Error ? `${error.message}\n${error.stack}` : String(error) }),
  );
});
