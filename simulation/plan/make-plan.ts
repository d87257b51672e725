import { Random } from "../engine/random.ts";
import { type DocumentKind, textOf } from "./documents.ts";
import type { Action, Fault, Plan } from "./fault.ts";
import { extendPlan } from "./features/extend-plan.ts";
import { makeFaults } from "./make-faults.ts";
import { makeTimelyFaults } from "./timely-faults.ts";

const MINUTE = 60_000;
/** Runs begin on this day, at any time of it. */
const DAY = Date.UTC(2026, 2, 14);

/** All that a seed says. */
export function makePlan(seed: number): Plan {
  const random = new Random(seed, "setting");
  const activeMs = random.whole(2, 12) * MINUTE;
  const skew = (): number => Math.round(random.between(-600, 600));
  const lanes = random.pick([1, 2, 2, 3, 4]);
  const trickle = makeTrickle(new Random(seed, "trickle"));
  const actions = [...makeActions(new Random(seed, "actions"), activeMs), ...trickle];
  const faults = [
    ...makeFaults(new Random(seed, "faults"), activeMs),
    ...makeEndings(new Random(seed, "ended lanes"), activeMs),
    ...makeTimelyFaults(new Random(seed, "timely faults"), actions),
  ];
  // An answer of a hundred pages never comes through a limit of a few calls a minute.
  const isEndless = faults.some((fault) => fault.kind === "scenario" && fault.name === "endless pages");
  return extendPlan({
    seed,
    start: DAY + random.whole(0, 24 * 60 - 1) * MINUTE + random.whole(0, 59_999),
    activeMs,
    skewsMs: [skew(), skew()],
    storageSkewMs: random.whole(-1_500, 1_500),
    env: {
      JOBS_PER_BATCH: String(random.pick([1, 2, 4])),
      MAX_ATTEMPTS: String(random.pick([2, 3, 5])),
    },
    pipelines: [
      {
        name: "tickets",
        match: "tickets/**",
        apiVersion: "2023-04-01",
        language: "en",
        lanes: trickle.length > 0 ? 1 : lanes,
        maxWaitSeconds: random.pick([0, 2, 5]),
        tasks: random.chance(0.5)
          ? [
              { kind: "KeyPhraseExtraction", name: "tickets-phrases" },
              { kind: "SentimentAnalysis", name: "tickets-mood" },
            ]
          : [{ kind: "KeyPhraseExtraction", name: "tickets-phrases" }],
      },
      {
        name: "mails",
        match: "**/*.mail.txt",
        apiVersion: "2023-04-01",
        language: "en",
        lanes: random.pick([1, 2]),
        maxWaitSeconds: random.pick([0, 2, 5]),
        tasks: [{ kind: "KeyPhraseExtraction", name: "mails-phrases" }],
      },
    ],
    jobSeconds: random.pick([
      { from: 1, to: 3 },
      { from: 2, to: 20 },
      { from: 10, to: 60 },
    ]),
    rateLimits: !isEndless && random.chance(0.2) ? [{ requests: random.whole(8, 30), seconds: 60 }] : [],
    actions,
    faults,
  });
}

/** In a few runs documents come one after the other for so long that one lane goes on for a quarter of an hour. */
function makeTrickle(random: Random): Action[] {
  if (!random.chance(0.02)) return [];
  const from = random.whole(0, 60_000);
  return Array.from({ length: random.whole(90, 130) }, (_, number): Action => {
    const name = `tickets/trickle-${number}.txt`;
    return { at: from + number * 8_000, kind: "drop", name, text: textOf("ok", name, 1) };
  });
}

/** In some runs the lanes are ended from outside. */
function makeEndings(random: Random, activeMs: number): Fault[] {
  const times = random.chance(0.1) ? random.whole(1, 2) : 0;
  return Array.from({ length: times }, () => ({ at: random.whole(0, activeMs), kind: "lanesEnded" }));
}

function makeActions(random: Random, activeMs: number): Action[] {
  const size = random.next();
  const count = size < 0.6 ? random.whole(1, 8) : size < 0.93 ? random.whole(9, 30) : random.whole(31, 70);
  const actions: Action[] = [];
  for (let number = 0; number < count; number++) {
    const kind = kindOf(random);
    const folder = kind === "unmatched" ? "other" : random.chance(0.75) ? "tickets" : "post";
    const ending = kind !== "unmatched" && (folder === "post" || random.chance(0.15)) ? "mail.txt" : "txt";
    const name = `${folder}/${number}.${ending}`;
    let at = random.chance(0.5) ? random.whole(0, 5_000) : random.whole(0, Math.floor(activeMs * 0.9));
    const drop = (version: number): void =>
      void actions.push({ at, kind: "drop", name, text: textOf(kind, name, version) });
    drop(1);
    for (let version = 2; random.chance(0.15); version++) {
      at += random.pick([random.whole(10, 2_000), random.whole(2_000, 90_000)]);
      if (random.chance(0.35)) {
        actions.push({ at, kind: "delete", name });
        if (random.chance(0.4)) break;
        at += random.whole(10, 30_000);
      }
      // The same bytes again are another version.
      drop(random.chance(0.2) ? version - 1 : version);
    }
    if (random.chance(0.1)) actions.push({ at: at + random.whole(0, 60_000), kind: "askStatus", name });
  }
  const sometime = (): number => random.whole(0, activeMs);
  if (random.chance(0.25)) actions.push({ at: sometime(), kind: "redrive" });
  if (random.chance(0.15)) actions.push({ at: sometime(), kind: "backfill" });
  if (random.chance(0.08)) {
    for (let files = random.whole(1, 2); files > 0; files--) actions.push({ at: sometime(), kind: "project" });
  }
  for (let asks = random.whole(0, 2); asks > 0; asks--)
    actions.push({ at: sometime(), kind: "askStatus", name: undefined });
  return actions;
}

function kindOf(random: Random): DocumentKind {
  const part = random.next();
  if (part < 0.9) return "ok";
  if (part < 0.94) return "bad";
  if (part < 0.97) return "empty";
  return "unmatched";
}
