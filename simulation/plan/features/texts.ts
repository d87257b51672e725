import type { Random } from "../../engine/random.ts";
import type { Action, Plan } from "../fault.ts";
import { changeTickets } from "./change-tickets.ts";

/** In so many of the seeds a text is too long for one job. */
const LONG_SHARE = 0.08;
/** And in so many the languages of the tickets are found out before they are sent. */
const DETECT_SHARE = 0.1;
/** What one job takes, in characters, is 125,000. */
const LENGTH = { from: 126_000, to: 270_000 };
/** A mark stands so often, characters. */
const MARK_EVERY = 5_000;

/** One or two texts that have to be cut, one of them perhaps overwritten by another. */
export function withLongTexts(plan: Plan, random: Random): Plan {
  if (!random.chance(LONG_SHARE)) return plan;
  const actions: Action[] = [];
  for (let number = random.whole(1, 2); number > 0; number--) {
    const name = `tickets/long-${number}.txt`;
    const at = Math.round(plan.activeMs * random.next() * 0.3);
    actions.push({ at, kind: "drop", name, text: longText(name, 1, random) });
    if (random.chance(0.3))
      actions.push({ at: at + random.whole(10, 90_000), kind: "drop", name, text: longText(name, 2, random) });
  }
  return { ...plan, actions: [...plan.actions, ...actions.filter(({ at }) => at < plan.activeMs)] };
}

/** The marks of a long text: each is a key phrase by itself, and stands in it once. */
export function marksOf(text: string): string[] {
  return text.match(/\bMark\d+x\d+\b/g) ?? [];
}

/** No two parts of it are alike, nor is any like a part of another version. */
function longText(name: string, version: number, random: Random): string {
  const length = random.whole(LENGTH.from, LENGTH.to);
  let text = `Secret of ${name} in version ${version}. `;
  for (let mark = 1; text.length < length; mark++) {
    text += `It was Mark${mark}x${version} and so it was. `;
    const filler = `So it was, and it is ${mark}. `;
    text += filler.repeat(Math.ceil(MARK_EVERY / filler.length));
  }
  return text;
}

/** The languages of the tickets are found out. */
export function withDetection(plan: Plan, random: Random): Plan {
  if (!random.chance(DETECT_SHARE)) return plan;
  return changeTickets(plan, (tickets) => ({ ...tickets, language: "detect", defaultLanguage: "en" }));
}
