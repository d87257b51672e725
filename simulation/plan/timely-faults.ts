import type { Random } from "../engine/random.ts";
import type { Action, Fault } from "./fault.ts";
import { SERVICE_FAULTS } from "./service-faults.ts";

const LANE_FILE = { kinds: ["write"], about: "language-batch-work/lanes/" } as const;

/** What makes a difference only while something is being done strikes then: with a document that is dropped. */
export function makeTimelyFaults(random: Random, actions: readonly Action[]): Fault[] {
  const drops = actions.filter((action) => action.kind === "drop");
  if (drops.length === 0 || !random.chance(0.3)) return [];
  const faults: Fault[] = [];
  for (let count = random.whole(1, 2); count > 0; count--) {
    const { at } = random.pick(drops);
    const part = random.next();
    if (part < 0.6) {
      const { name, make } = random.pick(SERVICE_FAULTS);
      const rules = [make(random)];
      const begun = Math.max(0, at - random.whole(0, 1_000));
      faults.push({ at: begun, kind: "scenario", name, seconds: random.pick([30, 120, 400]), rules });
    } else if (part < 0.8) {
      const begun = at + random.whole(0, 6_000);
      faults.push({ at: begun, kind: "activityTwice", afterSeconds: random.pick([0, 0.4, 2]) });
      // The second comes while the first waits for the service.
      if (random.chance(0.5)) faults.push({ at: begun, kind: "slowCall", seconds: 20, operation: "submit" });
    } else faults.push({ at: at + random.whole(0, 40_000), kind: "crash", moment: "before", filter: LANE_FILE });
  }
  // A document that fails while it is read, in a process that dies with its record written and not yet counted.
  const empty = drops.find(({ text }) => text === "");
  if (empty !== undefined && random.chance(0.5))
    faults.push({
      at: empty.at,
      kind: "crash",
      moment: "after",
      filter: { kinds: ["write"], about: random.pick(["failed/", "requests/"]) },
    });
  return faults;
}
