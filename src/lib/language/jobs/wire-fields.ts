import { z } from "zod";
import { lenientErrorSchema } from "../errors/language-error.ts";
import type { JobPage } from "../generation.ts";

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

const idSchema = z.union([z.string(), z.number().transform(String)]);
const documentSchema = z.looseObject({ id: idSchema });
const refusalSchema = z.looseObject({ id: idSchema, error: lenientErrorSchema });

/** The entries of a list that can be read, so that a strange one does not spoil its neighbours; nothing for no list. */
export const readable = <Entry>(schema: z.ZodType<Entry>) =>
  z
    .array(z.unknown())
    .catch([])
    .transform((entries) =>
      entries.flatMap((entry) => {
        const read = schema.safeParse(entry);
        return read.success ? [read.data] : [];
      }),
    );

/**
 * The results of one task: the same in every generation. What stands in a document is read later, one document at a
 * time. An entry that names no document is left out: the document it may be about then counts as not answered.
 */
export const resultsSchema = z.looseObject({
  documents: readable(documentSchema),
  errors: readable(refusalSchema),
  statistics: z.record(z.string(), z.unknown()).optional().catch(undefined),
});
