import type { ScenarioDefinition } from "language-emulator";
import type { Random } from "../engine/random.ts";

type Rule = ScenarioDefinition["rules"][number];

/** A way in which the service misbehaves. */
export interface ServiceFault {
  name: string;
  /** Documents may fail by it that are well: the service blames them, or nothing comes of their jobs too often. */
  blames?: boolean;
  make: (random: Random) => Rule;
}

const submit = { operation: "submit" } as const;
const status = { operation: "status" } as const;
const share = (random: Random): { every: number } => ({ every: random.pick([1, 2, 3]) });
const few = (random: Random): number => random.pick([1, 2, 5]);

/** Everything that the emulator of the service knows to do wrong to an analysis. */
export const SERVICE_FAULTS: readonly ServiceFault[] = [
  {
    name: "throttles with a time",
    make: (random) => ({ when: share(random), do: { action: "throttle", retryAfterSeconds: random.pick([1, 5, 60]) } }),
  },
  { name: "throttles without a time", make: (random) => ({ when: share(random), do: { action: "throttle" } }) },
  {
    name: "5xx to submissions",
    blames: true,
    make: (random) => ({
      when: { ...submit, ...share(random) },
      do: { action: "error", status: random.pick([500, 502, 503, 504]) },
    }),
  },
  {
    name: "5xx to polls",
    make: (random) => ({
      when: { ...status, ...share(random) },
      do: { action: "error", status: random.pick([500, 503]) },
    }),
  },
  {
    name: "503 with a time",
    blames: true,
    make: (random) => ({ when: share(random), do: { action: "error", status: 503, retryAfterSeconds: 20 } }),
  },
  { name: "401", make: (random) => ({ when: share(random), do: { action: "error", status: 401 } }) },
  { name: "403", make: (random) => ({ when: share(random), do: { action: "error", status: 403 } }) },
  { name: "404 to submissions", make: () => ({ when: submit, do: { action: "error", status: 404 } }) },
  {
    name: "a refusal without a reason",
    blames: true,
    make: (random) => ({
      when: { ...submit, ...share(random) },
      do: { action: "error", status: 400 },
      times: few(random),
    }),
  },
  { name: "out of quota", make: () => ({ do: { action: "outOfQuota" } }) },
  {
    name: "breaks before",
    blames: true,
    make: (random) => ({ when: share(random), do: { action: "drop" }, times: few(random) }),
  },
  {
    name: "breaks after",
    blames: true,
    make: (random) => ({ when: share(random), do: { action: "drop", after: true }, times: few(random) }),
  },
  { name: "more fields", make: () => ({ when: submit, do: { action: "extraFields" } }) },
  { name: "a kind of the future", make: () => ({ when: submit, do: { action: "futureTask" } }) },
  {
    name: "long jobs",
    make: (random) => ({ when: submit, do: { action: "stayRunning", seconds: random.pick([30, 300]) } }),
  },
  { name: "no address", make: () => ({ when: submit, do: { action: "answer", location: "absent" }, times: 1 }) },
  {
    name: "a malformed address",
    make: () => ({ when: submit, do: { action: "answer", location: "malformed" }, times: 1 }),
  },
  { name: "a relative address", make: () => ({ when: submit, do: { action: "answer", location: "relative" } }) },
  { name: "another host's address", make: () => ({ when: submit, do: { action: "answer", location: "otherHost" } }) },
  {
    name: "an address without a version",
    make: () => ({ when: submit, do: { action: "answer", location: "withoutVersion" } }),
  },
  {
    name: "half an answer to a poll",
    make: (random) => ({ when: status, do: { action: "answer", share: 0.5 }, times: few(random) }),
  },
  {
    name: "a deep answer",
    make: (random) => ({ when: status, do: { action: "answer", depth: 5_000 }, times: few(random) }),
  },
  { name: "endless pages", make: () => ({ when: submit, do: { action: "endlessPages" }, times: 1 }) },
  {
    name: "jobs fail",
    blames: true,
    make: (random) => ({ when: { ...submit, ...share(random) }, do: { action: "failJob" }, times: few(random) }),
  },
  {
    name: "jobs are lost",
    blames: true,
    make: (random) => ({
      when: { ...submit, ...share(random) },
      do: { action: "loseJob", afterSeconds: random.pick([0, 3]) },
      times: few(random),
    }),
  },
  {
    name: "a task fails",
    blames: true,
    make: (random) => ({
      when: { ...submit, ...share(random) },
      do: { action: "failTask", task: 0 },
      times: few(random),
    }),
  },
  {
    name: "documents are refused",
    blames: true,
    make: (random) => ({
      when: submit,
      do: { action: "documentErrors", share: random.pick([0.3, 1]), bare: random.chance(0.5) },
      times: few(random),
    }),
  },
  {
    name: "one error for all documents",
    blames: true,
    make: () => ({ when: submit, do: { action: "documentErrors", share: 1, id: "All" }, times: 1 }),
  },
  {
    name: "faults of the service told of documents",
    blames: true,
    make: (random) => ({
      when: submit,
      do: { action: "documentErrors", code: "InternalServerError", bare: true, share: random.pick([0.3, 1]) },
      times: few(random),
    }),
  },
];
