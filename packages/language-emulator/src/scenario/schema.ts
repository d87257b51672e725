import * as z from "zod";
import { OPERATIONS } from "../http/call.ts";
import { LOCATION_FORMS } from "./distort-answer.ts";

const seconds = z.number().min(0).max(86_400);
const code = z.string().min(1);
const message = z.string().optional();
const fields = z.record(z.string(), z.unknown());

/** What happens to a request that a rule matches. Several actions of one rule happen together. */
const action = z.discriminatedUnion("action", [
  /** The answer comes later. */
  z.strictObject({ action: z.literal("latency"), milliseconds: z.int().min(0).max(600_000) }),
  /** 429, with `Retry-After` when `retryAfterSeconds` is given. */
  z.strictObject({ action: z.literal("throttle"), retryAfterSeconds: z.int().min(0).optional() }),
  /** Any other refusal, 400 to 599. */
  z.strictObject({
    action: z.literal("error"),
    status: z.int().min(400).max(599),
    code: code.optional(),
    message,
    retryAfterSeconds: z.int().min(0).optional(),
  }),
  /** The connection breaks: before anything happened, or after it happened but before the client learns of it. */
  z.strictObject({ action: z.literal("drop"), after: z.boolean().default(false) }),
  /** A submit with a document that contains the string is refused as a whole, with 400. */
  z.strictObject({
    action: z.literal("refuseDocument"),
    containing: z.string().min(1),
    code: code.default("InvalidDocument"),
    message,
  }),
  /** The calls of the month are used up: 403 with `Retry-After`, as the free tier answers. */
  z.strictObject({
    action: z.literal("outOfQuota"),
    retryAfterSeconds: z
      .int()
      .min(1)
      .default(15 * 86_400),
  }),
  /** The answer is another than the service's own; what was asked has been done. */
  z.strictObject({
    action: z.literal("answer"),
    status: z.int().min(200).max(599).optional(),
    headers: z.record(z.string(), z.string()).optional(),
    /** Fields in place of those of the answer, or beside them. */
    body: fields.optional(),
    /** What the address of the new job looks like. */
    location: z.enum(LOCATION_FORMS).optional(),
    /** Fields that every object below `tasks` loses. */
    without: z.array(z.string()).optional(),
    /** One more field, of so many arrays in each other. */
    depth: z.int().min(1).max(1_000_000).optional(),
    /** Bytes of white space after the body. */
    padding: z.int().min(1).optional(),
    /** How much of the body is sent. */
    share: z.number().min(0).max(1).optional(),
  }),
  /** Every page of the job's answer names a next one, and no page is the last. */
  z.strictObject({ action: z.literal("endlessPages") }),
  /** The job that this submit starts fails as a whole. */
  z.strictObject({
    action: z.literal("failJob"),
    code: code.default("InternalServerError"),
    message,
    target: z.string().optional(),
  }),
  /** The training that this request starts fails half way. */
  z.strictObject({ action: z.literal("failTraining"), code: code.default("InternalServerError"), message }),
  /** The job is forgotten after so many seconds: 404. */
  z.strictObject({ action: z.literal("loseJob"), afterSeconds: seconds.default(0) }),
  /** One task of the job fails: the one of that index. */
  z.strictObject({
    action: z.literal("failTask"),
    task: z.int().min(0).default(0),
    code: code.default("InternalServerError"),
    message,
    /** What the job's error points at in place of the task; null: at nothing. */
    target: z.string().nullable().optional(),
  }),
  /** Every task refuses a share of the documents, the first ones. */
  z.strictObject({
    action: z.literal("documentErrors"),
    share: z.number().min(0).max(1).default(0.5),
    code: code.default("InvalidDocument"),
    message,
    /** The code stands outside, with nothing inside: so a setting or a fault of the service is told. */
    bare: z.boolean().default(false),
    /** One error with this id, such as `All`, in place of one for each document. */
    id: z.string().optional(),
  }),
  /** Fields that no client knows, at every level of the job's answer. */
  z.strictObject({ action: z.literal("extraFields"), fields: fields.default({ fromTheFuture: { known: false } }) }),
  /** A task kind that no client knows, answered beside those asked for. */
  z.strictObject({ action: z.literal("futureTask"), kind: z.string().min(1).default("TimeTravel") }),
  /** The job takes so many seconds more. */
  z.strictObject({ action: z.literal("stayRunning"), seconds }),
]);

type ActionInput = z.input<typeof action>;

/** Which requests a rule is about; what is left out does not matter. */
const condition = z.strictObject({
  operation: z.enum(OPERATIONS).optional(),
  method: z.string().optional(),
  /** The path without query; `*` stands for anything. */
  path: z.string().optional(),
  /** Submits with a task of this kind (current spelling, also for the previews). */
  taskKind: z.string().optional(),
  /** Submits with a document that contains this. */
  text: z.string().min(1).optional(),
  /** Submits with so many documents. */
  documents: z.strictObject({ min: z.int().optional(), max: z.int().optional() }).optional(),
  /** Of the requests that fit all of the above: the first is 1. */
  nth: z.union([z.int().min(1), z.array(z.int().min(1))]).optional(),
  /** Of those requests, each so-manyth. */
  every: z.int().min(1).optional(),
});

const rule = z.strictObject({
  /** For the reader, and in the counts of `GET /_emulator/scenario`. */
  name: z.string().optional(),
  when: condition.default({}),
  do: z.preprocess((value: ActionInput | ActionInput[]) => [value].flat(), z.array(action).min(1)),
  /** After so many times the rule is spent. */
  times: z.int().min(1).optional(),
});

/** Faults on demand: what shall go wrong, and when. SCENARIOS.md has an example. */
const scenario = z.strictObject({ $schema: z.string().optional(), rules: z.array(rule) });

export type ScenarioDefinition = z.input<typeof scenario>;
export type ScenarioRule = z.infer<typeof rule>;
export type ScenarioAction = z.infer<typeof action>;

/** Checks a scenario. @throws Error that names each wrong place */
export function parseScenario(value: unknown): ScenarioRule[] {
  const parsed = scenario.safeParse(value);
  if (parsed.success) return parsed.data.rules;
  throw new Error(`The scenario is not one that the emulator understands:\n${z.prettifyError(parsed.error)}`);
}
