import type { Draft } from "./draft.ts";
import { checkPayload, maximumCustomStatusBytes } from "./payloads.ts";
import { OrchestrationRefused } from "./refusal.ts";

/**
 * Takes over the custom status of an answer. An absent one leaves the last as it was: the library cannot clear it.
 *
 * @throws OrchestrationRefused for a status over the limit, with which Azure fails the orchestration.
 */
export function updateCustomStatus({ state, violations }: Draft, customStatus: unknown): void {
  if (customStatus === undefined || customStatus === null) return;
  const what = `The custom status of "${state.name}"`;
  const found: Draft["violations"] = [];
  const text = checkPayload(what, customStatus, (problem) => {
    if (problem.code === "not-json") found.push(problem); // the size has a limit of its own
  });
  if (text instanceof Error) throw new OrchestrationRefused("not-json", text.message);
  if (text === undefined || text === state.customStatus) return;
  violations.push(...found);
  const bytes = 2 * text.length;
  if (bytes > maximumCustomStatusBytes) {
    const message = `${what} has ${bytes} bytes as UTF-16, and ${maximumCustomStatusBytes} is the most.`;
    throw new OrchestrationRefused("oversized-payload", message);
  }
  state.customStatus = text;
}
