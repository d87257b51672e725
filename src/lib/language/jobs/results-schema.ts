import { z } from "zod";
import { serviceErrorSchema } from "../service-error.ts";

/**
 * The results of one task: the same in every generation. What stands in a document is read later, one document at a
 * time, so that a strange one does not spoil its neighbours.
 */
export const resultsSchema = z.looseObject({
  documents: z
    .array(z.looseObject({ id: z.string() }))
    .nullish()
    .transform((documents) => documents ?? []),
  errors: z
    .array(z.looseObject({ id: z.string(), error: serviceErrorSchema }))
    .nullish()
    .transform((errors) => errors ?? []),
  statistics: z
    .record(z.string(), z.unknown())
    .nullish()
    .transform((statistics) => statistics ?? undefined),
});
