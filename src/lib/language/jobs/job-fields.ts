import { z } from "zod";
import type { JobPage } from "../generation.ts";
import { lenientErrorSchema } from "../service-error.ts";

/** A point in time as the service wrote it; what is none counts as missing. */
const dateSchema = z
  .string()
  .refine((text) => !Number.isNaN(Date.parse(text)))
  .optional()
  .catch(undefined);

/** What the state of a job holds in every generation. The service spells the date of the last change in two ways. */
export const jobFields = {
  jobId: z.string(),
  status: z.string(),
  createdDateTime: dateSchema,
  lastUpdatedDateTime: dateSchema,
  lastUpdateDateTime: dateSchema,
  expirationDateTime: dateSchema,
  errors: z.array(lenientErrorSchema).catch([]),
};

const jobSchema = z.object(jobFields);

/** The dates of a job, whatever the service calls them. */
export function readDates(
  job: z.output<typeof jobSchema>,
): Pick<JobPage, "createdDateTime" | "lastUpdatedDateTime" | "expirationDateTime"> {
  return {
    createdDateTime: job.createdDateTime,
    lastUpdatedDateTime: job.lastUpdatedDateTime ?? job.lastUpdateDateTime,
    expirationDateTime: job.expirationDateTime,
  };
}
