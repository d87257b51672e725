import type { Random } from "../../engine/random.ts";
import { textOf } from "../documents.ts";
import type { Action, Plan } from "../fault.ts";

/** In so many of the seeds there are documents that the service reads itself. */
const SHARE = 0.08;

/** Stands in each of them, and in no redacted copy. */
export const ADDRESS = "john.smith@example.com";

/** A few letters, some of them overwritten, for a pipeline that sends their addresses. */
export function withNativeDocuments(plan: Plan, random: Random): Plan {
  if (!random.chance(SHARE)) return plan;
  const actions: Action[] = [];
  for (let number = random.whole(1, 6); number > 0; number--) {
    const name = `letters/${number}.txt`;
    let at = Math.round(plan.activeMs * random.next() * 0.4);
    for (let version = 1; version === 1 || random.chance(0.3); version++) {
      actions.push({ at, kind: "drop", name, text: `${textOf("ok", name, version)} Write to ${ADDRESS}.` });
      at += random.pick([random.whole(10, 3_000), random.whole(2_000, 90_000)]);
    }
  }
  const pipeline = {
    name: "letters",
    match: "letters/**",
    apiVersion: "analyze-documents/2026-05-01",
    language: "en",
    lanes: random.pick([1, 2]),
    maxWaitSeconds: random.pick([0, 2]),
    tasks: [{ kind: "PiiEntityRecognition", name: "letters-private" }],
  };
  const within = actions.filter(({ at }) => at < plan.activeMs);
  return { ...plan, pipelines: [...plan.pipelines, pipeline], actions: [...plan.actions, ...within] };
}
