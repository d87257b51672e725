import type { Run } from "../run/run-plan.ts";
import type { Violation } from "./violation.ts";

/** Around a moment, milliseconds: what happened so near to it may have to do with it. */
const NEAR = 90_000;

/** The language of each text is asked for once, but where the answer was lost with its process, or could not be stored. */
export function checkLanguages({ plan, world, happenings }: Run): Violation[] {
  const asked = new Map<string, number>();
  for (const { texts, answered, deliveredAt, process } of world.language.ledger.detections) {
    if (!answered || deliveredAt === undefined) continue;
    const isNear = (at: number): boolean => Math.abs(at - deliveredAt) < NEAR;
    const died = world.deaths.some((death) => death.process === process && isNear(death.at));
    if (died || world.storageTroubles.some(isNear)) continue;
    for (const text of texts) asked.set(text, (asked.get(text) ?? 0) + 1);
  }
  const stoodStill = plan.faults.some(({ kind }) => kind === "stall" || kind === "slowStorage" || kind === "slowCall");
  if (stoodStill) return [];
  return [...asked].flatMap(([text, times]): Violation[] => {
    const copies = happenings.versions.filter((version) => version.text.includes(text)).length;
    const most = copies * (1 + happenings.redrives.length);
    if (times <= most) return [];
    return [{ promise: "bill", message: `The language of "${text.slice(0, 60)}" was asked for ${times} times` }];
  });
}
