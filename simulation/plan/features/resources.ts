import type { ScenarioDefinition } from "language-emulator";
import type { Random } from "../../engine/random.ts";
import type { Fault, Plan } from "../fault.ts";

/** In so many of the seeds several Language resources share the work of a pipeline. */
const SHARE = 0.2;
const ONE = "https://one.cognitiveservices.azure.com";
const TWO = "https://two.cognitiveservices.azure.com";
const FOUR = "https://four.cognitiveservices.azure.com";

/** Ways in which one resource takes nothing, while the others do. Rules absent: it cannot be reached at all. */
const TROUBLES: readonly { name: string; rules?: ScenarioDefinition["rules"] }[] = [
  { name: "out of quota", rules: [{ do: { action: "outOfQuota" } }] },
  { name: "takes no new jobs", rules: [{ when: { operation: "submit" }, do: { action: "outOfQuota" } }] },
  { name: "403", rules: [{ do: { action: "error", status: 403 } }] },
  { name: "503", rules: [{ do: { action: "error", status: 503 } }] },
  { name: "throttles", rules: [{ do: { action: "throttle", retryAfterSeconds: 30 } }] },
  { name: "cannot be reached" },
];

/** Two or three resources share the work of the tickets; mostly one of them is in trouble for a while, or for good. */
export function withResources(plan: Plan, random: Random): Plan {
  if (!random.chance(SHARE)) return plan;
  const all = random.chance(0.4) ? [ONE, TWO, FOUR] : [ONE, TWO];
  const endpoints = all.map((endpoint) => ({
    endpoint,
    ...(endpoint === FOUR && random.chance(0.5) ? {} : { keySetting: "LANGUAGE_KEY" }),
  }));
  const faults = plan.faults.map((fault) => withoutEndpoint(fault));
  if (random.chance(0.25)) {
    const fewer = { endpoints: endpoints.slice(random.whole(0, 1), 2) };
    const seconds = random.whole(5, 300);
    faults.push({ at: when(plan, random), kind: "settings", name: "fewer resources", seconds, pipeline: fewer });
  }
  if (random.chance(0.25)) {
    // From the beginning on: nobody can be asked to wait for jobs that it has. The mails have no other than the first.
    const endpoint = random.pick(all.slice(1));
    faults.push({ at: 0, kind: "resource", endpoint, ...random.pick(TROUBLES), seconds: 0, forGood: true });
  } else if (random.chance(0.75)) {
    for (let count = random.whole(1, 3); count > 0; count--) {
      const seconds = random.pick([5, 30, 120, 400]);
      const trouble = random.pick(TROUBLES);
      faults.push({ at: when(plan, random), kind: "resource", endpoint: random.pick(all), ...trouble, seconds });
    }
  }
  return {
    ...plan,
    faults,
    endpoints: [...(plan.endpoints ?? []), FOUR],
    pipelines: plan.pipelines.map((each) => (each.name === "tickets" ? { ...each, endpoints } : each)),
  };
}

function when({ activeMs }: Plan, random: Random): number {
  return Math.round(activeMs * random.next() * (random.chance(0.6) ? 0.15 : 0.9));
}

/** One resource is not named beside several: it takes their place. */
function withoutEndpoint(fault: Fault): Fault {
  if (fault.kind !== "settings" || fault.pipeline?.endpoint === undefined) return fault;
  const { endpoint, ...pipeline } = fault.pipeline;
  return { ...fault, pipeline: { ...pipeline, endpoints: [{ endpoint, keySetting: "LANGUAGE_KEY" }] } };
}
