import { z } from "zod";
import { reasonSchema, timeSchema } from "./common-schemas.ts";

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
export const expiryWarningSchema = z
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
