import type { Random } from "../engine/random.ts";
import type { Fault } from "./fault.ts";
import { SERVICE_FAULTS } from "./service-faults.ts";

type Make = (random: Random) => Omit<Fault, "at">;

/** Storage operations of the app that matter most for what survives a crash, by part of their name. */
const PLACES = [
  undefined,
  undefined,
  "progress.json",
  "language-batch-work/lanes/",
  "language-batch-work/claims/",
  "requests/",
  "answers/",
  "results/",
  "failed/",
  "usage/",
  "sweep.json",
  "lb-tickets",
  "lbx-tickets",
] as const;
const KINDS = [
  undefined,
  undefined,
  ["write"],
  ["delete"],
  ["read"],
  ["send"],
  ["receive"],
  ["update"],
  ["lease"],
] as const;

function filter(random: Random): {
  kinds?: ("write" | "delete" | "read" | "send" | "receive" | "update" | "lease")[];
  about?: string;
} {
  const about = random.pick(PLACES);
  const kinds = about === undefined ? random.pick(KINDS) : random.pick([undefined, ["write"] as const]);
  return { ...(kinds === undefined ? {} : { kinds: [...kinds] }), ...(about === undefined ? {} : { about }) };
}

const moment = (random: Random): "before" | "after" => random.pick(["before", "after"]);

/** How each kind of fault is drawn, and how often it is among the faults of a run. */
const MAKERS: readonly [weight: number, make: Make][] = [
  [16, (random) => ({ kind: "crash", moment: moment(random), filter: filter(random) })],
  [
    12,
    (random) => ({
      kind: "storage",
      moment: moment(random),
      tries: random.pick([1, 1, 2, 4, 4, 9]),
      filter: filter(random),
    }),
  ],
  [2, (random) => ({ kind: "storageOutage", seconds: random.whole(1, 90) })],
  [4, (random) => ({ kind: "slowStorage", seconds: random.whole(1, 50), filter: filter(random) })],
  [1, () => ({ kind: "blackout" })],
  [4, (random) => ({ kind: "stall", process: random.whole(0, 1), seconds: random.pick([2, 8, 20, 40, 90]) })],
  [6, (random) => ({ kind: "activityTwice", afterSeconds: random.pick([0, 0.05, 0.4, 2, 20, 70]) })],
  [3, (random) => ({ kind: "activityLate", seconds: random.whole(1, 300) })],
  [3, () => ({ kind: "completionLost" })],
  [3, (random) => ({ kind: "completionLate", seconds: random.whole(1, 300) })],
  [2, () => ({ kind: "startTwice" })],
  [2, (random) => ({ kind: "startLate", seconds: random.whole(1, 300) })],
  [3, () => ({ kind: "timerLost" })],
  [4, (random) => ({ kind: "timerEarly", milliseconds: random.whole(1, 1_000) })],
  [3, (random) => ({ kind: "timerLate", seconds: random.whole(1, 300) })],
  [4, () => ({ kind: "eventLost" })],
  [6, (random) => ({ kind: "eventTwice", afterSeconds: random.pick([0, 0.1, 3, 30, 200]) })],
  [3, (random) => ({ kind: "eventLate", seconds: random.whole(1, 300) })],
  [2, (random) => ({ kind: "sweepSkipped", times: random.whole(1, 4) })],
  [3, () => ({ kind: "sweepTwice" })],
  [3, (random) => ({ kind: "callRefused", calls: random.pick([1, 3, 8]) })],
  [4, (random) => ({ kind: "callLost", calls: random.pick([1, 3, 6]), operation: random.pick(["submit", "status"]) })],
  [
    6,
    (random) => ({
      kind: "answerLost",
      calls: random.pick([1, 1, 3]),
      operation: random.pick(["submit", "submit", "status"]),
    }),
  ],
  [
    3,
    (random) => ({
      kind: "slowCall",
      seconds: random.pick([5, 20, 59, 70]),
      operation: random.pick(["submit", "status"]),
    }),
  ],
  [14, (random) => ({ kind: "scenario", ...serviceFault(random) })],
  [2, (random) => ({ kind: "keyRotated", seconds: random.whole(10, 400) })],
  [4, (random) => ({ kind: "settings", seconds: random.whole(5, 400), ...random.pick(SETTINGS) })],
  [1, (random) => ({ kind: "pipelineRemoved", seconds: random.whole(5, 400) })],
  [
    2,
    (random) => ({ kind: "recordHeld", seconds: random.whole(5, 400), container: random.pick(["results", "failed"]) }),
  ],
  [1, () => ({ kind: "textsDeleted" })],
  [1, () => ({ kind: "foreignMessage" })],
];

/** Settings that are wrong for a while, or only others. */
const SETTINGS: readonly { name: string; env?: Record<string, string>; pipeline?: Record<string, unknown> }[] = [
  { name: "a wrong key", env: { LANGUAGE_KEY: "simulation-language-key-none" } },
  { name: "settings that cannot be read", env: { MAX_ATTEMPTS: "many" } },
  { name: "an endpoint that is not there", env: { LANGUAGE_ENDPOINT: "https://three.cognitiveservices.azure.com" } },
  { name: "another resource", pipeline: { endpoint: "https://two.cognitiveservices.azure.com" } },
  { name: "one lane", pipeline: { lanes: 1 } },
  { name: "more lanes", pipeline: { lanes: 5 } },
  { name: "a language that the service does not know", pipeline: { language: "xx" } },
  { name: "another version of the wire", pipeline: { apiVersion: "2024-11-01" } },
  { name: "few text records a day", pipeline: { maxTextRecordsPerDay: 3 } },
  { name: "larger batches", env: { JOBS_PER_BATCH: "24" } },
];

function serviceFault(random: Random): {
  name: string;
  seconds: number;
  rules: Extract<Fault, { kind: "scenario" }>["rules"];
} {
  const { name, make, blames: _ } = random.pick(SERVICE_FAULTS);
  return { name, seconds: random.pick([5, 30, 120, 400]), rules: [make(random)] };
}

/** Rules of the service by which documents may fail that are well. */
export const BLAMES_DOCUMENTS: ReadonlySet<string> = new Set(
  SERVICE_FAULTS.flatMap(({ name, blames }) => (blames ? [name] : [])),
);

/** The faults of a run: none in some, many in a few. */
export function makeFaults(random: Random, activeMs: number): Fault[] {
  const size = random.next();
  const count = size < 0.05 ? 0 : size < 0.75 ? random.whole(1, 6) : random.whole(7, 25);
  const total = MAKERS.reduce((sum, [weight]) => sum + weight, 0);
  const faults: Fault[] = [];
  for (let number = 0; number < count; number++) {
    let left = random.next() * total;
    const maker = MAKERS.find(([weight]) => {
      left -= weight;
      return left < 0;
    });
    if (maker === undefined) continue;
    // Most of what happens, happens soon after the documents are dropped.
    const at = Math.round(activeMs * random.next() * (random.chance(0.5) ? 0.15 : 1));
    faults.push({ at, ...maker[1](random) } as Fault);
  }
  return faults;
}
