import type { Lane } from "./answers.ts";
import { clock, duration } from "./format.ts";

/** A lane in words: `tone` is its colour, which never says more than the words do. */
interface LaneWords {
  label: string;
  /** Why, where there is a reason. */
  detail?: string;
  tone: "work" | "wait" | "stop" | "idle";
}

/** What a chip says about a lane. @param now milliseconds since 1970 */
function laneWords({ running, status, overdueSeconds }: Lane, now: number): LaneWords {
  if (overdueSeconds !== undefined) {
    return { label: `overdue by ${duration(overdueSeconds)}`, detail: "The sweep starts it anew.", tone: "stop" };
  }
  if (!running || status === undefined) return { label: "closed", tone: "idle" };
  const { state, nextPollAt, reason } = status;
  const until = nextPollAt === undefined ? "" : ` until ${clock(nextPollAt, now)}`;
  const why = reason === undefined ? {} : { detail: reason.message };
  switch (state) {
    case "submitting":
      return { label: "sending", tone: "work" };
    case "analysing":
      return { label: "with the service", tone: "work" };
    case "throttled":
      return { label: `throttled${until}`, ...why, tone: "wait" };
    case "retrying":
      return { label: `retrying${reason === undefined ? "" : `: ${reason.code}`}`, ...why, tone: "wait" };
    case "blocked":
      return { label: `blocked${reason === undefined ? "" : `: ${reason.code}`}`, ...why, tone: "stop" };
    case "failing":
      return { label: `failing${reason === undefined ? "" : `: ${reason.code}`}`, ...why, tone: "stop" };
    case "paused":
      return { label: "paused", tone: "idle" };
    case "waiting":
      return { label: "waiting for documents", tone: "idle" };
    default:
      return { label: state, tone: "idle" };
  }
}

/** Lanes that say the same, as one chip. */
export interface LaneChip extends LaneWords {
  lanes: number[];
}

/** The chips of a pipeline, what is stuck first; lanes that say the same share one. Closed lanes are told of only where no other is. */
export function laneChips(lanes: readonly Lane[], now: number): LaneChip[] {
  const chips = new Map<string, LaneChip>();
  for (const lane of lanes) {
    const words = laneWords(lane, now);
    const key = JSON.stringify([words.label, words.detail]);
    const chip = chips.get(key);
    if (chip === undefined) chips.set(key, { ...words, lanes: [lane.lane] });
    else chip.lanes.push(lane.lane);
  }
  const rank = ["stop", "wait", "work", "idle"];
  const sorted = [...chips.values()].sort((one, other) => rank.indexOf(one.tone) - rank.indexOf(other.tone));
  const open = sorted.filter(({ label }) => label !== "closed");
  return open.length > 0 ? open : sorted;
}
