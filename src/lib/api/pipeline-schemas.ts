import { z } from "zod";
import { pauseSchema } from "../lane/store/pipeline-control.ts";
import { moneySchema } from "../usage/prices.ts";
import { count, nextCursorSchema, reasonSchema, timeSchema } from "./common-schemas.ts";

const daySchema = z.iso.date().describe("The first day on which it cannot be relied on.");
const daysLeftSchema = z.int().describe("Negative when it has ended.");

const deploymentSchema = z
  .object({
    project: z.string(),
    deployment: z.string(),
    endpoint: z.string().describe("The Language resource."),
    pipelines: z.array(z.string()).describe("Those that ask it."),
    state: z
      .enum(["current", "expiring", "expired", "unknown"])
      .describe("expiring: in 90 days or less; unknown: nobody has told its end"),
    expiresOn: daySchema.optional(),
    daysLeft: daysLeftSchema.optional(),
    source: z
      .enum(["authoring", "runtime"])
      .optional()
      .describe("Who told its end: authoring, or the service, which refuses it as expired."),
    problem: reasonSchema.optional().describe("Why its end is unknown, or what the service said when it refused."),
  })
  .meta({ id: "Deployment" });

const retirementSchema = z
  .object({
    subject: z.enum(["kind", "configuration", "tool"]),
    name: z.string(),
    on: daySchema,
    daysLeft: daysLeftSchema,
    source: z.url().describe("The page of Microsoft that says so."),
    meaning: z.string().describe("What it means, and what to do."),
    pipelines: z.array(z.string()).describe("Those that ask for it."),
  })
  .meta({ id: "Retirement" });

export const modelsAnswerSchema = z.object({
  readAt: timeSchema.optional().describe("When the deployments were last looked at; absent before the first time."),
  deployments: z.array(deploymentSchema),
  retirements: z.array(retirementSchema),
});

/** What ends in 90 days or less, or has ended, of one pipeline. */
const expiryWarningSchema = z
  .object({
    subject: z.enum(["deployment", "kind"]),
    name: z.string().describe("<project>/<deployment>, or a task kind."),
    on: daySchema,
    daysLeft: daysLeftSchema,
    hint: z.string().describe("What to do."),
  })
  .meta({ id: "ExpiryWarning" });

export type ModelsAnswer = z.output<typeof modelsAnswerSchema>;
export type ExpiryWarning = z.output<typeof expiryWarningSchema>;

const LANE_STATES = [
  "starting",
  "waiting",
  "submitting",
  "analysing",
  "throttled",
  "retrying",
  "blocked",
  "paused",
  "failing",
  "closing",
] as const;

const laneSchema = z
  .object({
    lane: count,
    running: z.boolean(),
    overdueSeconds: count.optional().describe("It has not gone on when it should: the sweep restarts it."),
    status: z
      .object({
        state: z
          .enum(LANE_STATES)
          .describe(
            "waiting: for documents; submitting: sending; analysing: with the service; throttled: told to wait; paused: by somebody",
          ),
        since: timeSchema.optional(),
        batch: z.string().optional(),
        documents: count.optional(),
        jobs: z.object({ prepared: count, open: count, done: count }).optional(),
        reason: reasonSchema.optional(),
        nextPollAt: timeSchema.optional().describe("When it goes on."),
      })
      .optional()
      .describe("Absent for a lane that does not run."),
    batch: z
      .object({ id: z.string(), claimedAt: timeSchema, documents: count })
      .optional()
      .describe("The documents that it has in hand."),
  })
  .meta({ id: "Lane" });

/** Worst first: what somebody should look at stands before what goes well. */
const PIPELINE_STATES = [
  "removed",
  "overdue",
  "failing",
  "blocked",
  "paused",
  "draining",
  "drained",
  "retrying",
  "throttled",
  "running",
  "idle",
] as const;

const seriesSchema = z
  .object({
    from: timeSchema.describe("When the first minute begins."),
    stepSeconds: z.literal(60),
    documents: z.array(count).describe("Documents that ended, by minute, oldest first."),
    failed: z.array(count),
    calls: z.array(count).describe("Calls to the Language service; counted when their batch ends."),
  })
  .meta({ id: "Series" });

const resourceSchema = z
  .object({
    endpoint: z.string(),
    jobsPerMinute: count.optional().describe("At which it is asked now; absent: it was not asked yet."),
    throttledUntil: timeSchema.optional().describe("It wants to be left alone until then."),
    avoided: z
      .object({
        since: timeSchema,
        until: timeSchema.describe("Then one lane tries whether it has recovered."),
        reason: reasonSchema,
      })
      .optional()
      .describe("It refuses new jobs of the pipeline, and the others get its share. Absent: it takes them."),
  })
  .meta({ id: "Resource" });

export type ResourceDescription = z.output<typeof resourceSchema>;

const pipelineSchema = z
  .object({
    name: z.string(),
    removed: z.literal(true).optional().describe("pipelines.json has it no longer."),
    match: z.string(),
    tasks: z.array(z.string()),
    state: z.enum(PIPELINE_STATES),
    waiting: count.describe(
      "Documents on its two queues: an estimate where there are more than 32 messages, or hidden ones.",
    ),
    oldestWaitingSeconds: count.describe("Of the documents at the heads of its two queues."),
    inHand: count.describe("Documents in the batches of lanes."),
    documentsPerMinute: z.number().min(0).describe("That ended, over the last five minutes."),
    expectedEnd: timeSchema.optional().describe("When all that waits has ended, at this pace."),
    series: seriesSchema,
    totals: z
      .object({
        batches: count,
        succeeded: count,
        partiallySucceeded: count,
        failed: count,
        jobs: count,
        requests: count,
        textRecords: count,
      })
      .describe("Since ever; a document that ended twice counts twice."),
    cost: z.object({
      textRecords: count,
      money: moneySchema,
      today: z.object({ textRecords: count, money: moneySchema }),
    }),
    quota: z.object({
      callsPerMinute: z.number().min(0).describe("Over the last five minutes."),
      limitPerMinute: count.describe("What the pipeline's Language resources take."),
      share: z.number().min(0),
      textRecordsToday: count.describe("Sent since midnight UTC."),
      textRecordsPerDay: count.describe("At which the pipeline waits for the next day."),
      shareOfDay: z.number().min(0),
    }),
    paused: pauseSchema.optional(),
    resources: z
      .array(resourceSchema)
      .optional()
      .describe("The Language resources that share its work; absent: it has only one."),
    lanes: z.array(laneSchema),
    blocked: z.array(reasonSchema).describe("Why lanes are blocked, each reason once."),
    warnings: z.array(expiryWarningSchema).describe("What ends in 90 days or less, or has ended."),
  })
  .meta({ id: "Pipeline" });

export const pipelinesAnswerSchema = z.object({
  at: timeSchema,
  pipelines: z.array(pipelineSchema),
  nextCursor: nextCursorSchema,
});

export type PipelineDescription = z.output<typeof pipelineSchema>;
export type PipelineState = PipelineDescription["state"];

const REASON_EXPECTED = "why, in 1 to 500 characters";
const BY_EXPECTED = "who, in 1 to 100 characters";

/** @param needsReason a resume needs none */
export const pauseBodySchema = z.strictObject({
  reason: z
    .string({ error: REASON_EXPECTED })
    .trim()
    .min(1, { error: REASON_EXPECTED })
    .max(500, { error: REASON_EXPECTED }),
  by: z
    .string({ error: BY_EXPECTED })
    .trim()
    .min(1, { error: BY_EXPECTED })
    .max(100, { error: BY_EXPECTED })
    .optional(),
});

export const resumeBodySchema = pauseBodySchema.partial();

export const pauseAnswerSchema = z.object({
  name: z.string(),
  paused: pauseSchema.optional().describe("Absent: it runs."),
});
