import { Random } from "../../engine/random.ts";
import type { Plan } from "../fault.ts";
import { withEnds } from "./ends.ts";
import { withNativeDocuments } from "./native-documents.ts";
import { withResources } from "./resources.ts";
import { withRows } from "./rows.ts";
import { withStops } from "./stops.ts";
import { withCopies, withPartialResults } from "./tasks.ts";
import { withDetection, withLongTexts } from "./texts.ts";

type Extend = (plan: Plan, random: Random) => Plan;

/** What some of the seeds have beside all that every seed has. */
const FEATURES: readonly (readonly [purpose: string, extend: Extend])[] = [
  ["stops", withStops],
  ["resources", withResources],
  ["long texts", withLongTexts],
  ["detection", withDetection],
  ["copies", withCopies],
  ["partial results", withPartialResults],
  ["rows", withRows],
  ["native documents", withNativeDocuments],
  ["ends", withEnds],
];

/** A plan with what its seed adds to it; each from a stream of its own, so that nothing else of the plan moves. */
export function extendPlan(plan: Plan): Plan {
  return FEATURES.reduce((extended, [purpose, extend]) => extend(extended, new Random(plan.seed, purpose)), plan);
}
